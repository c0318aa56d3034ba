#include "bench/connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fanfare::bench {
namespace {

// The example of RFC 6455. Keys should be random to defeat caches; there is none on the way here.
constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr char kAccept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

// More than any sensible answer; a longer one is an error.
constexpr std::size_t kMaxAnswerBytes = 8192;

absl::Status SystemError(const char* what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

absl::StatusOr<UniqueFd> Connect(const ConnectOptions& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.server.port);
  if (::inet_pton(AF_INET, options.server.address.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("no IPv4 address: ", options.server.address));
  }
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) {
    return SystemError("socket");
  }
  const int on = 1;
  const timeval limit{.tv_sec = options.limit.count(), .tv_usec = 0};
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  // Bounds connect() too.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SystemError("connect");
  }
  return fd;
}

absl::Status SendRequest(const ConnectOptions& options, int fd) {
  const std::string request = absl::StrCat(
      "GET ", options.path, " HTTP/1.1\r\nHost: ", options.server.address, ":", options.server.port,
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
      "Sec-WebSocket-Key: ", kKey, "\r\n\r\n");
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) != std::ssize(request)) {
    return SystemError("send of the handshake");
  }
  return absl::OkStatus();
}

// Waits for the server's answer; returns what came behind it.
absl::StatusOr<std::string> ReadAnswer(int fd) {
  std::string answer;
  std::size_t end = answer.npos;
  while ((end = answer.find("\r\n\r\n")) == answer.npos) {
    std::array<char, 4096> buffer{};
    const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (length < 0) {
      return SystemError("no answer to the handshake");
    }
    if (length == 0 || answer.size() > kMaxAnswerBytes) {
      return absl::UnavailableError(absl::StrCat("handshake broken off after: ", answer));
    }
    answer.append(buffer.data(), static_cast<std::size_t>(length));
  }
  const std::string head = answer.substr(0, end);
  if (!head.starts_with("HTTP/1.1 101 ") || head.find(kAccept) == head.npos) {
    return absl::UnavailableError(absl::StrCat("handshake refused: ", head));
  }
  return answer.substr(end + 4);
}

}  // namespace

absl::StatusOr<std::vector<ClientSocket>> ConnectClients(const ConnectOptions& options) {
  const auto count = static_cast<std::size_t>(options.count);
  const auto in_flight = static_cast<std::size_t>(options.in_flight);
  std::vector<ClientSocket> clients;
  clients.reserve(count);
  while (clients.size() < count) {
    const std::size_t first = clients.size();
    while (clients.size() < std::min(first + in_flight, count)) {
      absl::StatusOr<UniqueFd> fd = Connect(options);
      if (!fd.ok()) {
        return fd.status();
      }
      if (absl::Status sent = SendRequest(options, fd->get()); !sent.ok()) {
        return sent;
      }
      clients.push_back({.fd = *std::move(fd), .received = {}});
    }
    for (std::size_t i = first; i < clients.size(); ++i) {
      absl::StatusOr<std::string> received = ReadAnswer(clients[i].fd.get());
      if (!received.ok()) {
        return received.status();
      }
      clients[i].received = *std::move(received);
    }
  }
  return clients;
}

}  // namespace fanfare::bench
