#include "tests/raw_client.h"

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http.hpp>
#include <sstream>
#include <stdexcept>

#include "core/compat.h"

namespace fanfare::testing {
namespace {

namespace http = beast::http;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

std::string Encode(const FrameToSend& frame) {
  constexpr std::string_view kMask = "\x12\x34\x56\x78";
  std::string bytes;
  bytes += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved | frame.opcode);
  const std::uint64_t length = frame.claimed.value_or(frame.payload.size());
  const int mask_bit = frame.masked ? 0x80 : 0;
  if (length < 126) {
    bytes += static_cast<char>(mask_bit | static_cast<int>(length));
  } else if (length <= 0xffff) {
    bytes += static_cast<char>(mask_bit | 126);
    AppendBigEndian(bytes, length, 2);
  } else {
    bytes += static_cast<char>(mask_bit | 127);
    AppendBigEndian(bytes, length, 8);
  }
  if (!frame.masked) return bytes.append(frame.payload);
  bytes += kMask;
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    bytes += static_cast<char>(frame.payload[i] ^ kMask[i % 4]);
  }
  return bytes;
}

std::string TextFrame(std::string_view payload) {
  return Encode({.opcode = kText, .payload = payload});
}

std::string CloseFrame(std::uint16_t code) {
  std::string payload;
  AppendBigEndian(payload, code, 2);
  return Encode({.opcode = kClose, .payload = payload});
}

std::string HandshakeFor(std::string_view path) {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\n"
         "Host: localhost\r\n"
         "Upgrade: websocket\r\n"
         "Connection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\n"
         "\r\n";
}

std::uint16_t ReceivedFrame::close_code() const {
  return payload.size() < 2 ? 0 : static_cast<std::uint16_t>(BigEndian({payload.data(), 2}));
}

std::string HttpReply::Header(std::string_view name) const {
  std::istringstream lines(headers);
  const std::string start = std::string(name) + ": ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return "";
}

RawClient RawClient::Open(const Endpoint& server, std::string_view path,
                          PeerSocket::Options options) {
  RawClient client(server, options);
  client.Write(HandshakeFor(path));
  // The answer to the key of HandshakeFor: the example of RFC 6455 section 1.3.
  const HttpReply reply = client.ReadReply();
  if (reply.status != 101 ||
      reply.Header("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
    throw std::runtime_error("the opening handshake failed: " + std::to_string(reply.status));
  }
  return client;
}

void RawClient::Write(std::string_view bytes) {
  net::write(socket_, net::buffer(bytes.data(), bytes.size()));
}

void RawClient::WriteIfOpen(std::string_view bytes) {
  error_code ec;
  net::write(socket_, net::buffer(bytes.data(), bytes.size()), ec);
  if (ec == net::error::timed_out) throw boost::system::system_error(ec, "WriteIfOpen");
}

HttpReply RawClient::ReadReply(bool to_head) {
  http::response_parser<http::string_body> parser;
  parser.skip(to_head);
  http::read(socket_, buffer_, parser);
  const auto reply = parser.release();
  std::string headers;
  for (const auto& field : reply) {
    headers.append(ToStd(field.name_string())).append(": ");
    headers.append(ToStd(field.value())).append("\n");
  }
  return {reply.result_int(), std::move(headers), reply.body()};
}

bool RawClient::Fill(std::size_t bytes) {
  while (buffer_.size() < bytes) {
    const auto to = buffer_.prepare(64 * 1024);
    error_code ec;
    buffer_.commit(socket_.ReadSome(static_cast<char*>(to.data()), to.size(), ec));
    if (ec == net::error::timed_out) throw boost::system::system_error(ec, "read");
    if (ec) return false;
  }
  return true;
}

std::string RawClient::Take(std::size_t bytes) {
  if (!Fill(bytes)) throw std::runtime_error("the connection ended within a frame");
  std::string taken(static_cast<const char*>(buffer_.cdata().data()), bytes);
  buffer_.consume(bytes);
  return taken;
}

ReceivedFrame RawClient::ReadFrame() {
  std::optional<ReceivedFrame> frame = ReadFrameOrEnd();
  if (!frame) throw std::runtime_error("the connection ended");
  return *std::move(frame);
}

std::optional<ReceivedFrame> RawClient::ReadFrameOrEnd() {
  if (!Fill(1)) return std::nullopt;
  const std::string start = Take(2);
  const auto first = static_cast<std::uint8_t>(start[0]);
  std::uint64_t length = static_cast<std::uint8_t>(start[1]);
  if ((first & 0xf0) != 0x80) throw std::runtime_error("not a final frame without extensions");
  if (length > 127) throw std::runtime_error("a server must not mask");
  const std::uint64_t shortest = length == 127 ? 0x10000 : length == 126 ? 126 : 0;
  if (length >= 126) length = BigEndian(Take(length == 126 ? 2 : 8));
  if (length < shortest) throw std::runtime_error("the length is not in its shortest form");
  return ReceivedFrame{.opcode = static_cast<std::uint8_t>(first & 0x0f), .payload = Take(length)};
}

std::string RawClient::ReadUntil(std::string_view text) {
  while (true) {
    const std::string_view read(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
    const std::size_t at = read.find(text);
    if (at != std::string_view::npos) return Take(at + text.size());
    if (!Fill(buffer_.size() + 1)) throw std::runtime_error("the connection ended");
  }
}

std::string RawClient::ReadToEnd() {
  std::size_t want = buffer_.size() + 1;
  while (Fill(want)) want = buffer_.size() + 1;
  return Take(buffer_.size());
}

bool RawClient::EndsCleanly() {
  if (buffer_.size() > 0) return false;
  char byte;
  error_code ec;
  socket_.ReadSome(&byte, 1, ec);
  return ec == net::error::eof;
}

}  // namespace fanfare::testing
