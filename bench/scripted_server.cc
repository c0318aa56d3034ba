#include "bench/scripted_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>

#include "bench/accept_key.h"
#include "bench/frame.h"

namespace fanfare::bench {
namespace {

// Appends what comes next; false at the end of the connection.
bool Read(int fd, std::string& received) {
  std::array<char, 4096> buffer{};
  const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), 0);
  received.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, length)));
  return length > 0;
}

void Send(int fd, const std::string& bytes) {
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* name = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener_.get(), name, size), 0);
  EXPECT_EQ(::listen(listener_.get(), 1), 0);
  EXPECT_EQ(::getsockname(listener_.get(), name, &size), 0);
  endpoint_ = {.address = "127.0.0.1", .port = ntohs(address.sin_port)};
  thread_ = std::thread([this] { Serve(); });
}

void ScriptedServer::Serve() {
  const UniqueFd peer(::accept(listener_.get(), nullptr, nullptr));
  std::string received;
  while (received.find("\r\n\r\n") == received.npos) {
    if (!Read(peer.get(), received)) {
      return;
    }
  }
  received.clear();
  Send(peer.get(), "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " +
                       AcceptKey("dGhlIHNhbXBsZSBub25jZQ==") + "\r\n\r\n");
  while (Read(peer.get(), received)) {
    while (const std::optional<Frame> frame = ParseFrame(received)) {
      std::string honest;
      AppendServerFrame(frame->opcode, frame->payload, honest);
      received.erase(0, frame->wire_bytes);
      const std::string answer = script_(messages_++, honest);
      if (answer.empty()) {
        return;
      }
      Send(peer.get(), answer);
    }
  }
}

}  // namespace fanfare::bench
