#include "bench/load/crowd.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "bench/clock.h"

namespace fanfare::bench {
namespace {

// In place of a connection's number: the connector.
constexpr std::uint64_t kConnector = ~std::uint64_t{0};

// The kernel makes it a little more.
constexpr int kStalledReceiveBuffer = 4096;

// Of a close frame's reason, or anything else that the server says.
constexpr std::size_t kQuotedBytes = 100;

constexpr std::string_view kNormalClosure = "\x03\xE8";

// What a server's close frame says: code and reason.
std::string Describe(std::string_view close) {
  if (close.size() < 2) {
    return "closed by the server";
  }
  const auto byte = [close](std::size_t i) { return static_cast<std::uint8_t>(close[i]); };
  return absl::StrCat("closed by the server: ", byte(0) << 8 | byte(1), " ",
                      std::string(close.substr(2, kQuotedBytes)));
}

}  // namespace

Crowd::Crowd(const Url& url, const Roster& roster, Listener& listener)
    : url_(url),
      roster_(roster),
      listener_(listener),
      connector_(url.server),
      connections_(roster.connections) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kConnector}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connector_.fd(), &event);
}

void Crowd::Open(std::size_t connection) {
  connector_.Open(connection, url_.PathOf(roster_.RoomOf(connection)),
                  roster_.Reads(connection) ? 0 : kStalledReceiveBuffer);
}

void Crowd::Close(std::size_t connection) {
  outgoing_.clear();
  AppendClientFrame(Opcode::kClose, kNormalClosure, outgoing_);
  ::send(connections_[connection].fd.get(), outgoing_.data(), outgoing_.size(),
         MSG_DONTWAIT | MSG_NOSIGNAL);
  Drop(connection);
}

void Crowd::Turn(std::uint64_t until) {
  const std::uint64_t now = Now();
  // Not epoll_wait, whose milliseconds are long for a schedule.
  const std::uint64_t wait = until > now ? until - now : 0;
  const timespec timeout{.tv_sec = static_cast<time_t>(wait / 1'000'000'000),
                         .tv_nsec = static_cast<long>(wait % 1'000'000'000)};
  const int ready =
      ::epoll_pwait2(epoll_.get(), events_.data(), std::ssize(events_), &timeout, nullptr);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.u64 != kConnector) {
      Ready(event.data.u64, event.events);
    }
  }
  // In every turn, as attempts may also end because their time is over.
  if (connector_.under_way() > 0) {
    for (Connector::Outcome& outcome : connector_.Advance(std::chrono::milliseconds(0))) {
      Connected(std::move(outcome));
    }
  }
}

void Crowd::Connected(Connector::Outcome outcome) {
  const std::size_t id = outcome.id;
  if (!outcome.socket.ok()) {
    listener_.OnRefused(id, outcome.socket.status());
    return;
  }
  Connection& connection = connections_[id];
  connection.fd = std::move(outcome.socket->fd);
  connection.stream = FrameStream();
  Watch(id, EPOLL_CTL_ADD);
  listener_.OnOpen(id, outcome.nanoseconds);
  if (!outcome.socket->received.empty() && roster_.Reads(id)) {
    // Handled now, because nothing more may come.
    connection.stream = FrameStream(std::move(outcome.socket->received));
    Receive(id);
  }
}

void Crowd::Ready(std::size_t connection, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    Flush(connection);
  }
  // An event of this turn may have closed it.
  if ((events & ~std::uint32_t{EPOLLOUT}) == 0 || !IsOpen(connection)) {
    return;
  }
  if (roster_.Reads(connection)) {
    Receive(connection);
  } else {
    Lose(connection, "closed by the server while it did not read");
  }
}

void Crowd::Receive(std::size_t connection) {
  Connection& it = connections_[connection];
  absl::StatusOr<std::span<char>> bytes = it.stream.Receive(it.fd.get(), buffer_);
  if (!bytes.ok()) {
    Lose(connection, std::string(bytes.status().message()));
    return;
  }
  TakeFrames(connection, *bytes);
  if (!IsOpen(connection)) {
    return;
  }
  if (absl::Status kept = it.stream.Keep(*bytes); !kept.ok()) {
    Lose(connection, std::string(kept.message()));
  }
}

void Crowd::TakeFrames(std::size_t connection, std::span<char>& bytes) {
  const std::uint64_t now = Now();
  while (const std::optional<Frame> frame = ParseFrame(bytes)) {
    if (frame->opcode == Opcode::kText) {
      listener_.OnMessage(connection, frame->payload, now);
    } else if (frame->opcode == Opcode::kPing) {
      SendFrame(connection, Opcode::kPong, frame->payload);
    } else if (frame->opcode == Opcode::kClose) {
      SendFrame(connection, Opcode::kClose, frame->payload.substr(0, 2));
      if (IsOpen(connection)) {
        Lose(connection, Describe(frame->payload));
      }
    } else if (frame->opcode != Opcode::kPong) {
      Lose(connection, absl::StrCat("it got a frame of type ", static_cast<int>(frame->opcode)));
    }
    if (!IsOpen(connection)) {
      return;
    }
    bytes = bytes.subspan(frame->wire_bytes);
  }
}

void Crowd::SendFrame(std::size_t connection, Opcode opcode, std::string_view payload) {
  Connection& it = connections_[connection];
  outgoing_.clear();
  AppendClientFrame(opcode, payload, outgoing_);
  std::size_t sent = 0;
  if (it.backlog.empty()) {
    const ssize_t length =
        ::send(it.fd.get(), outgoing_.data(), outgoing_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (length < 0 && errno != EAGAIN) {
      Lose(connection, std::strerror(errno));
      return;
    }
    sent = static_cast<std::size_t>(std::max<ssize_t>(0, length));
    if (sent == outgoing_.size()) {
      return;
    }
  }
  it.backlog.append(outgoing_, sent);
  backlog_bytes_ += outgoing_.size() - sent;
  Watch(connection, EPOLL_CTL_MOD);
}

void Crowd::Flush(std::size_t connection) {
  Connection& it = connections_[connection];
  const ssize_t length =
      ::send(it.fd.get(), it.backlog.data(), it.backlog.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (length < 0) {
    if (errno != EAGAIN && IsOpen(connection)) {
      Lose(connection, std::strerror(errno));
    }
    return;
  }
  it.backlog.erase(0, static_cast<std::size_t>(length));
  backlog_bytes_ -= static_cast<std::size_t>(length);
  if (it.backlog.empty()) {
    Watch(connection, EPOLL_CTL_MOD);
  }
}

void Crowd::Watch(std::size_t connection, int operation) {
  const Connection& it = connections_[connection];
  epoll_event event{.events = roster_.Reads(connection) ? EPOLLIN : EPOLLRDHUP,
                    .data = {.u64 = connection}};
  if (!it.backlog.empty()) {
    event.events |= EPOLLOUT;
  }
  ::epoll_ctl(epoll_.get(), operation, it.fd.get(), &event);
}

void Crowd::Drop(std::size_t connection) {
  Connection& it = connections_[connection];
  it.fd = UniqueFd();
  backlog_bytes_ -= it.backlog.size();
  // Not clear(), which would keep the memory.
  it.backlog = std::string();
}

void Crowd::Lose(std::size_t connection, const std::string& why) {
  Drop(connection);
  listener_.OnLost(connection, why);
}

}  // namespace fanfare::bench
