// WebSocket++: its broadcast_server example, with rooms.
//
// The example hands messages to a second thread; as there is one core, its on_message sends by
// itself. Its asio_no_tls configuration compresses nothing. The library encodes a message anew for
// each client, and has no public way around that.
//
// server PORT

#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

using Server = websocketpp::server<websocketpp::config::asio>;
using websocketpp::connection_hdl;

namespace {

class BroadcastServer {
 public:
  void Run(std::uint16_t port) {
    // Neither accesses nor errors: a client that goes away is one.
    server_.clear_access_channels(websocketpp::log::alevel::all);
    server_.clear_error_channels(websocketpp::log::elevel::all);
    server_.init_asio();
    server_.set_reuse_addr(true);
    server_.set_max_message_size(1 << 20);
    server_.set_tcp_post_init_handler([this](connection_hdl client) {
      server_.get_con_from_hdl(client)->get_raw_socket().set_option(
          boost::asio::ip::tcp::no_delay(true));
    });
    server_.set_open_handler([this](connection_hdl client) { RoomOf(client).insert(client); });
    server_.set_close_handler([this](connection_hdl client) { RoomOf(client).erase(client); });
    server_.set_message_handler([this](connection_hdl client, Server::message_ptr message) {
      for (const connection_hdl& other : RoomOf(client)) {
        // One that closes takes no more messages, which is no error here.
        websocketpp::lib::error_code ignored;
        server_.send(other, message, ignored);
      }
    });
    server_.listen(boost::asio::ip::address_v4::loopback(), port);
    server_.start_accept();
    std::cout << "listening" << std::endl;
    server_.run();
  }

 private:
  using Room = std::set<connection_hdl, std::owner_less<connection_hdl>>;

  Room& RoomOf(const connection_hdl& client) {
    return rooms_[server_.get_con_from_hdl(client)->get_resource()];
  }

  Server server_;
  std::map<std::string, Room> rooms_;
};

}  // namespace

int main(int /*argc*/, char** argv) {
  BroadcastServer().Run(static_cast<std::uint16_t>(std::stoi(argv[1])));
}
