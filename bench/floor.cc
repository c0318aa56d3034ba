// The floor: the least work that a single-threaded broadcast server can do with send() calls.
//
// Every turn of its loop reads each readable socket once, appends each message that came to one
// shared buffer, encoded as it goes on the wire, and then sends that buffer to every client: one
// system call per client and turn, however many messages came in between. What a real server costs
// beyond this pays for what it does beyond this; `against_floor` in fanout.cc measures the ratio.
//
// It is a yardstick and not a server. It has no rooms, routes, timeouts, fragments or UTF-8 checks,
// a client whose socket would block is dropped, and so is one that sends anything unusual.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "bench/accept_key.h"
#include "bench/frame.h"
#include "core/unique_fd.h"

ABSL_FLAG(std::string, address, "127.0.0.1", "IPv4 address to listen on");
ABSL_FLAG(int, port, 0, "port to listen on; 0 takes a free one");

namespace fanfare::bench {
namespace {

// The most that is kept of a handshake or a frame while the rest of it is awaited; a client that
// needs more is dropped.
constexpr std::size_t kMaxPartialBytes = 1 << 20;

class Floor {
 public:
  explicit Floor(UniqueFd listener) : listener_(std::move(listener)) { Watch(listener_.get()); }

  [[noreturn]] void Run() {
    for (;;) {
      const int ready = ::epoll_wait(epoll_.get(), events_.data(), std::ssize(events_), -1);
      for (int i = 0; i < ready; ++i) {
        const int fd = events_[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_.get()) {
          AcceptAll();
        } else {
          ReadOnce(fd);
        }
      }
      if (!turn_.empty()) {
        SendToAll();
        turn_.clear();
      }
    }
  }

 private:
  struct Client {
    UniqueFd fd;
    bool joined = false;
    // The start of a handshake or frame whose rest has not come yet.
    std::string partial;
  };

  void Watch(int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }

  void AcceptAll() {
    int fd = -1;
    while ((fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      clients_[fd].fd = UniqueFd(fd);
      Watch(fd);
    }
  }

  void ReadOnce(int fd) {
    const ssize_t length = ::recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (length <= 0) {
      Drop(fd);
      return;
    }
    Client& client = clients_[fd];
    std::span<char> bytes(buffer_.data(), static_cast<std::size_t>(length));
    if (!client.partial.empty()) {
      client.partial.append(bytes.data(), bytes.size());
      bytes = client.partial;
    }
    const bool ok = client.joined ? TakeFrames(fd, bytes) : TakeHandshake(client, bytes);
    if (!ok || bytes.size() > kMaxPartialBytes) {
      Drop(fd);
      return;
    }
    // Not assign(): the bytes may lie in `partial` itself.
    client.partial = std::string(bytes.data(), bytes.size());
  }

  // Answers a handshake that is complete, and takes it off the front of `bytes`.
  bool TakeHandshake(Client& client, std::span<char>& bytes) {
    const std::string_view request(bytes.data(), bytes.size());
    const std::size_t end = request.find("\r\n\r\n");
    if (end == request.npos) {
      return true;
    }
    static constexpr std::string_view kKeyHeader = "\r\nSec-WebSocket-Key: ";
    const std::size_t key = request.find(kKeyHeader);
    if (key == request.npos) {
      return false;
    }
    const std::size_t key_at = key + kKeyHeader.size();
    const std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        AcceptKey(request.substr(key_at, request.find("\r\n", key_at) - key_at)) + "\r\n\r\n";
    bytes = bytes.subspan(end + 4);
    client.joined = true;
    joined_.push_back(client.fd.get());
    return Send(client.fd.get(), answer);
  }

  // Adds every whole message to this turn's bytes, and takes it off the front of `bytes`.
  bool TakeFrames(int fd, std::span<char>& bytes) {
    while (const std::optional<Frame> frame = ParseFrame(bytes)) {
      if (frame->opcode == Opcode::kText || frame->opcode == Opcode::kBinary) {
        AppendServerFrame(frame->opcode, frame->payload, turn_);
      } else if (frame->opcode == Opcode::kPing) {
        std::string pong;
        AppendServerFrame(Opcode::kPong, frame->payload, pong);
        if (!Send(fd, pong)) {
          return false;
        }
      } else if (frame->opcode == Opcode::kClose) {
        std::string close;
        AppendServerFrame(Opcode::kClose, frame->payload, close);
        Send(fd, close);
        return false;
      } else if (frame->opcode != Opcode::kPong) {
        return false;
      }
      bytes = bytes.subspan(frame->wire_bytes);
    }
    return true;
  }

  void SendToAll() {
    for (std::size_t i = 0; i < joined_.size();) {
      if (Send(joined_[i], turn_)) {
        ++i;
      } else {
        // Takes element i out, so that i is the next client.
        Drop(joined_[i]);
      }
    }
  }

  // False if not all of it went out: the rest would have to be kept somewhere, and the floor keeps
  // nothing.
  static bool Send(int fd, std::string_view bytes) {
    return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == std::ssize(bytes);
  }

  void Drop(int fd) {
    std::erase(joined_, fd);
    clients_.erase(fd);
  }

  UniqueFd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  UniqueFd listener_;
  std::unordered_map<int, Client> clients_;
  // The clients after their handshakes, side by side for SendToAll.
  std::vector<int> joined_;
  // The frames of this turn, as they go on the wire.
  std::string turn_;
  std::array<epoll_event, 1024> events_{};
  std::array<char, 64 << 10> buffer_{};
};

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

UniqueFd Listen(const std::string& host, int port) {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof(address);
  auto* name = reinterpret_cast<sockaddr*>(&address);
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    Fail("--address");
  }
  if (::bind(listener.get(), name, size) != 0 || ::listen(listener.get(), SOMAXCONN) != 0 ||
      ::getsockname(listener.get(), name, &size) != 0) {
    Fail("cannot listen");
  }
  std::cout << "listening on ws://" << host << ":" << ntohs(address.sin_port) << "/\n"
            << std::flush;
  return listener;
}

}  // namespace
}  // namespace fanfare::bench

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  // As many clients as the system lets this process have.
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  // Runs until a signal ends the process: there is nothing to finish or to save.
  fanfare::bench::Floor(
      fanfare::bench::Listen(absl::GetFlag(FLAGS_address), absl::GetFlag(FLAGS_port)))
      .Run();
}
