#include "tests/client.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <stdexcept>

#include "core/compat.h"

namespace fanfare::testing {
namespace {

namespace websocket = beast::websocket;

beast::string_view ToBeast(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Client::Client(const Endpoint& server, std::string_view path, PeerSocket::Options options)
    : ws_(PeerSocket(server, options)) {
  // The server's limits are what is tested.
  ws_.read_message_max(0);
  // One message is one frame.
  ws_.auto_fragment(false);
  ws_.control_callback([this](websocket::frame_type type, beast::string_view payload) {
    if (type == websocket::frame_type::pong) pongs_.emplace_back(ToStd(payload));
  });
  ws_.handshake(ToBeast(ToString(server)), ToBeast(path));
}

void Client::Send(Message message) {
  ws_.text(message.type == MessageType::kText);
  ws_.write(net::buffer(message.payload.data(), message.payload.size()));
}

void Client::Ping(std::string_view payload) {
  ws_.ping(websocket::ping_data(ToBeast(payload)));
}

Incoming Client::Receive() {
  buffer_.clear();
  error_code ec;
  ws_.read(buffer_, ec);
  if (ec == websocket::error::closed) {
    throw std::runtime_error("closed by the server: " + std::to_string(ws_.reason().code) + " " +
                             std::string(ToStd(ws_.reason().reason)));
  }
  if (ec) throw boost::system::system_error(ec, "Receive");
  return {ws_.got_text() ? MessageType::kText : MessageType::kBinary,
          beast::buffers_to_string(buffer_.data())};
}

std::string Client::ReceiveText() {
  Incoming incoming = Receive();
  if (incoming.type != MessageType::kText) throw std::runtime_error("not a text message");
  return std::move(incoming.payload);
}

std::vector<std::string> Client::ReceiveTexts(std::size_t count) {
  std::vector<std::string> texts;
  while (texts.size() < count) texts.push_back(ReceiveText());
  return texts;
}

CloseReason Client::ReceiveClose(bool drops_messages) {
  error_code ec;
  do {
    buffer_.clear();
    ws_.read(buffer_, ec);
  } while (drops_messages && !ec);
  if (ec != websocket::error::closed) {
    throw std::runtime_error("expected a close frame, got " +
                             (ec ? ec.message() : beast::buffers_to_string(buffer_.data())));
  }
  return Closed();
}

CloseReason Client::Close(std::uint16_t code, std::string_view reason) {
  ws_.close({static_cast<websocket::close_code>(code), ToBeast(reason)});
  return Closed();
}

CloseReason Client::Closed() const {
  return {ws_.reason().code, std::string(ToStd(ws_.reason().reason))};
}

}  // namespace fanfare::testing
