// A WebSocket client for tests.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.h"
#include "core/message.h"
#include "tests/peer_socket.h"

namespace fanfare::testing {

// A message that came in.
struct Incoming {
  MessageType type;
  std::string payload;

  bool operator==(const Incoming&) const = default;
};

// Why the server closed the connection.
struct CloseReason {
  std::uint16_t code;
  std::string reason;
};

// A well-behaved client: Beast's, with blocking operations, each of which waits for kPatience at
// most. What goes wrong is thrown, and so fails the test.
//
// Thread: one at a time.
class Client {
 public:
  // Connects and does the opening handshake.
  Client(const Endpoint& server, std::string_view path, PeerSocket::Options options = {});
  Client(Client&&) = delete;

  Endpoint local_endpoint() { return ws_.next_layer().local_endpoint(); }

  void SendText(std::string_view payload) { Send({MessageType::kText, payload}); }
  void SendBinary(std::string_view payload) { Send({MessageType::kBinary, payload}); }
  void Send(Message message);
  void Ping(std::string_view payload);

  // The next message; pings before it are answered.
  Incoming Receive();
  std::string ReceiveText();
  // The payloads of the next messages.
  std::vector<std::string> ReceiveTexts(std::size_t count);
  // Reads until the server has closed the connection with a close frame, and gives what that said.
  // A message is an error, unless it is to be dropped.
  CloseReason ReceiveClose(bool drops_messages = false);
  // What the server's pongs carried so far.
  const std::vector<std::string>& pongs() const { return pongs_; }

  // The closing handshake, begun by us; messages before the server's close frame are dropped. Gives
  // what the server's close frame said.
  CloseReason Close(std::uint16_t code, std::string_view reason = "");
  // Ends the connection without any handshake.
  void Reset() { ws_.next_layer().Reset(); }
  PeerSocket& socket() { return ws_.next_layer(); }

 private:
  CloseReason Closed() const;

  std::vector<std::string> pongs_;
  beast::flat_buffer buffer_;
  beast::websocket::stream<PeerSocket> ws_;
};

}  // namespace fanfare::testing
