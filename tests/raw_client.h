// A client that sends whatever bytes it is told to.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/endpoint.h"
#include "tests/peer_socket.h"

namespace fanfare::testing {

// RFC 6455 section 5.2.
enum Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// A frame as a client sends it, or nearly so.
struct FrameToSend {
  std::uint8_t opcode = kText;
  std::string_view payload;
  bool final = true;
  bool masked = true;
  // RSV1 to RSV3, as bits of the first byte (0x40, 0x20, 0x10).
  std::uint8_t reserved = 0;
  // What the header claims the length to be.
  std::optional<std::uint64_t> claimed = std::nullopt;
};
std::string Encode(const FrameToSend& frame);
std::string TextFrame(std::string_view payload);
// A close frame with a code.
std::string CloseFrame(std::uint16_t code);

// The bytes of a correct opening handshake.
std::string HandshakeFor(std::string_view path);

// A frame as the server sent it.
struct ReceivedFrame {
  std::uint8_t opcode;
  std::string payload;

  // Of a close frame; 0 when it has none.
  std::uint16_t close_code() const;
  std::string close_reason() const { return payload.size() < 2 ? "" : payload.substr(2); }
};

struct HttpReply {
  unsigned status;
  std::string headers;
  std::string body;

  // The value of a header; empty when it is absent.
  std::string Header(std::string_view name) const;
};

// A connection whose both directions the test writes and reads by hand. What goes wrong is thrown.
//
// Thread: one at a time.
class RawClient {
 public:
  explicit RawClient(const Endpoint& server, PeerSocket::Options options = {})
      : socket_(server, options) {}

  // Connects and does a correct opening handshake.
  static RawClient Open(const Endpoint& server, std::string_view path,
                        PeerSocket::Options options = {});

  // Writes all of it.
  void Write(std::string_view bytes);
  void Write(const FrameToSend& frame) { Write(Encode(frame)); }
  // Writes all of it, unless the server ends the connection first.
  void WriteIfOpen(std::string_view bytes);

  // Reads an HTTP response. The answer to HEAD has no body, whatever its headers say.
  HttpReply ReadReply(bool to_head = false);
  // Reads the next frame; throws when it breaks RFC 6455, or when the connection ends.
  ReceivedFrame ReadFrame();
  // The same, unless the connection ends before the first byte of a frame.
  std::optional<ReceivedFrame> ReadFrameOrEnd();
  // Reads up to and including that text; throws when the connection ends before.
  std::string ReadUntil(std::string_view text);
  // Reads to the end, of whatever kind it is; returns the bytes.
  std::string ReadToEnd();
  // Whether the server has ended the connection with FIN (and not RST), with nothing before it.
  bool EndsCleanly();

  PeerSocket& socket() { return socket_; }

 private:
  // Has this many bytes in the buffer; false when the connection ends before.
  bool Fill(std::size_t bytes);
  std::string Take(std::size_t bytes);

  PeerSocket socket_;
  beast::flat_buffer buffer_;
};

}  // namespace fanfare::testing
