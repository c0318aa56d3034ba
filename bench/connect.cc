#include "bench/connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/clock.h"
#include "bench/handshake.h"

namespace fanfare::bench {
namespace {

constexpr std::size_t kAtOnce = 64;

absl::Status SystemError(int error) {
  return absl::UnavailableError(std::strerror(error));
}

}  // namespace

Connector::Connector(Endpoint server, std::chrono::nanoseconds limit)
    : server_(std::move(server)), limit_(Nanoseconds(limit)) {}

void Connector::Open(std::size_t id, const std::string& path, int receive_buffer,
                     const std::string& subprotocol) {
  Attempt& attempt = attempts_.emplace_back();
  attempt.id = id;
  attempt.self = std::prev(attempts_.end());
  attempt.request =
      HandshakeRequest(path, absl::StrCat(server_.address, ":", server_.port), subprotocol);
  attempt.start = Now();
  if (absl::Status connecting = Connect(attempt, receive_buffer); !connecting.ok()) {
    End(attempt, std::move(connecting));
    return;
  }
  epoll_event event{.events = EPOLLOUT, .data = {.ptr = &attempt}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, attempt.fd.get(), &event);
}

absl::Status Connector::Connect(Attempt& attempt, int receive_buffer) const {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server_.port);
  if (::inet_pton(AF_INET, server_.address.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError("no IPv4 address");
  }
  attempt.fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int fd = attempt.fd.get();
  if (fd < 0) {
    return SystemError(errno);
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (receive_buffer > 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return SystemError(errno);
  }
  return absl::OkStatus();
}

std::vector<Connector::Outcome> Connector::Advance(std::chrono::milliseconds limit) {
  const bool wait = !attempts_.empty() && ended_.empty();
  const int ready = ::epoll_wait(epoll_.get(), events_.data(), std::ssize(events_),
                                 wait ? static_cast<int>(limit.count()) : 0);
  for (int i = 0; i < ready; ++i) {
    Continue(*static_cast<Attempt*>(events_[static_cast<std::size_t>(i)].data.ptr));
  }
  while (!attempts_.empty() && Now() - attempts_.front().start >= limit_) {
    End(attempts_.front(), absl::DeadlineExceededError("no answer to the handshake"));
  }
  return std::exchange(ended_, {});
}

void Connector::Continue(Attempt& attempt) {
  const int fd = attempt.fd.get();
  if (!attempt.request.empty()) {
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    // The first bytes of a connection always find room.
    if (error == 0 && ::send(fd, attempt.request.data(), attempt.request.size(), MSG_NOSIGNAL) !=
                          std::ssize(attempt.request)) {
      error = errno;
    }
    if (error != 0) {
      End(attempt, SystemError(error));
      return;
    }
    attempt.request.clear();
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &attempt}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
    return;
  }
  std::array<char, 4096> buffer{};
  const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (length < 0 && errno == EAGAIN) {
    return;
  }
  if (length < 0) {
    End(attempt, SystemError(errno));
    return;
  }
  attempt.answer.append(buffer.data(), static_cast<std::size_t>(length));
  const absl::StatusOr<bool> complete = TakeHandshakeAnswer(attempt.answer);
  if (!complete.ok()) {
    End(attempt, complete.status());
  } else if (*complete) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    End(attempt, absl::OkStatus());
  } else if (length == 0) {
    End(attempt, absl::UnavailableError(
                     absl::StrCat("handshake broken off after \"", attempt.answer, "\"")));
  }
}

void Connector::End(Attempt& attempt, absl::Status status) {
  Outcome outcome{.id = attempt.id, .socket = ClientSocket(), .nanoseconds = Now() - attempt.start};
  if (status.ok()) {
    outcome.socket->fd = std::move(attempt.fd);
    outcome.socket->received = std::move(attempt.answer);
  } else {
    outcome.socket =
        absl::Status(status.code(), absl::StrCat("cannot connect to ws://", server_.address, ":",
                                                 server_.port, ": ", status.message()));
  }
  ended_.push_back(std::move(outcome));
  attempts_.erase(attempt.self);
}

absl::StatusOr<std::vector<ClientSocket>> ConnectClients(const ConnectOptions& options) {
  Connector connector(options.server);
  std::vector<ClientSocket> clients(static_cast<std::size_t>(options.count));
  std::size_t opened = 0;
  std::size_t connected = 0;
  while (connected < clients.size()) {
    while (opened < clients.size() && connector.under_way() < kAtOnce) {
      connector.Open(opened++, options.path, 0, options.subprotocol);
    }
    for (Connector::Outcome& outcome : connector.Advance(std::chrono::milliseconds(100))) {
      if (!outcome.socket.ok()) {
        return outcome.socket.status();
      }
      clients[outcome.id] = *std::move(outcome.socket);
      ++connected;
    }
  }
  return clients;
}

}  // namespace fanfare::bench
