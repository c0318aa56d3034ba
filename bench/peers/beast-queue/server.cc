// Boost.Beast in its classic form: the chat-multi example, whose sessions each have a queue of
// shared messages, of which one is being written at a time.
//
// As there is one thread, the example's strands and mutex are left out. Unlike there, a message is
// one frame (Beast would split it at 4 KiB), and it is text or binary as it came.
//
// server PORT

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdint>
#include <deque>
#include <iostream>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using tcp = net::ip::tcp;

namespace {

struct Message {
  std::string payload;
  bool binary = false;
};

class Session;
using Room = std::unordered_set<Session*>;
using Rooms = std::unordered_map<std::string, Room>;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Rooms& rooms) : ws_(std::move(socket)), rooms_(rooms) {}

  ~Session() {
    if (room_ != nullptr) {
      room_->erase(this);
    }
  }

  void Run() {
    http::async_read(ws_.next_layer(), buffer_, request_,
                     beast::bind_front_handler(&Session::OnRequest, shared_from_this()));
  }

  void Send(const std::shared_ptr<const Message>& message) {
    queue_.push_back(message);
    if (queue_.size() == 1) {
      Write();
    }
  }

 private:
  void OnRequest(beast::error_code error, std::size_t /*bytes*/) {
    if (error || !websocket::is_upgrade(request_)) {
      return;
    }
    ws_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    ws_.auto_fragment(false);
    ws_.read_message_max(1 << 20);
    ws_.async_accept(request_, beast::bind_front_handler(&Session::OnAccept, shared_from_this()));
  }

  void OnAccept(beast::error_code error) {
    if (error) {
      return;
    }
    room_ = &rooms_[std::string(request_.target())];
    room_->insert(this);
    Read();
  }

  void Read() {
    ws_.async_read(buffer_, beast::bind_front_handler(&Session::OnRead, shared_from_this()));
  }

  void OnRead(beast::error_code error, std::size_t /*bytes*/) {
    if (error) {
      return;
    }
    const auto message = std::make_shared<const Message>(
        Message{beast::buffers_to_string(buffer_.data()), ws_.got_binary()});
    buffer_.consume(buffer_.size());
    for (Session* session : *room_) {
      session->Send(message);
    }
    Read();
  }

  void Write() {
    ws_.binary(queue_.front()->binary);
    ws_.async_write(net::buffer(queue_.front()->payload),
                    beast::bind_front_handler(&Session::OnWrite, shared_from_this()));
  }

  void OnWrite(beast::error_code error, std::size_t /*bytes*/) {
    if (error) {
      return;
    }
    queue_.pop_front();
    if (!queue_.empty()) {
      Write();
    }
  }

  websocket::stream<beast::tcp_stream> ws_;
  Rooms& rooms_;
  Room* room_ = nullptr;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  std::deque<std::shared_ptr<const Message>> queue_;
};

void Accept(tcp::acceptor& acceptor, Rooms& rooms) {
  acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket), rooms)->Run();
    }
    Accept(acceptor, rooms);
  });
}

}  // namespace

int main(int /*argc*/, char** argv) {
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
  Rooms rooms;
  // One thread: Asio leaves its locks out.
  net::io_context context{1};
  tcp::acceptor acceptor(context, {net::ip::address_v4::loopback(), port});
  Accept(acceptor, rooms);
  std::cout << "listening" << std::endl;
  context.run();
}
