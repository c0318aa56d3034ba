#include "tests/peer_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <utility>

namespace fanfare::testing {
namespace {

error_code LastError() {
  return {errno, boost::system::system_category()};
}

void Check(bool ok) {
  if (!ok) throw boost::system::system_error(LastError());
}

// Waits for the socket to be ready for `events`. An error of the socket counts as ready.
bool Await(int socket, short events, std::chrono::milliseconds patience) {
  pollfd entry{.fd = socket, .events = events, .revents = 0};
  int ready;
  do {
    ready = ::poll(&entry, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

PeerSocket::PeerSocket(const Endpoint& server, Options options)
    : socket_(::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  Check(socket_ >= 0);
  const auto set = [this](int level, int name, int value) {
    Check(::setsockopt(socket_, level, name, &value, sizeof value) == 0);
  };
  if (options.receive_buffer > 0) set(SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  if (options.send_buffer > 0) set(SOL_SOCKET, SO_SNDBUF, options.send_buffer);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.source != nullptr) {
    const Endpoint source(net::ip::make_address(options.source), 0);
    Check(::bind(socket_, source.data(), static_cast<socklen_t>(source.size())) == 0);
  }
  Check(::connect(socket_, server.data(), static_cast<socklen_t>(server.size())) == 0);
}

PeerSocket::~PeerSocket() {
  Close();
}

PeerSocket::PeerSocket(PeerSocket&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

PeerSocket& PeerSocket::operator=(PeerSocket&& other) noexcept {
  std::swap(socket_, other.socket_);
  return *this;
}

Endpoint PeerSocket::local_endpoint() const {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  Check(::getsockname(socket_, endpoint.data(), &size) == 0);
  endpoint.resize(size);
  return endpoint;
}

std::size_t PeerSocket::ReadSome(char* to, std::size_t bytes, error_code& ec) {
  ec = {};
  if (!Await(socket_, POLLIN, kPatience)) {
    ec = net::error::timed_out;
    return 0;
  }
  const ssize_t read = ::recv(socket_, to, bytes, MSG_DONTWAIT);
  if (read < 0) ec = LastError();
  if (read == 0) ec = net::error::eof;
  return read < 0 ? 0 : static_cast<std::size_t>(read);
}

std::size_t PeerSocket::WriteSome(const char* from, std::size_t bytes, error_code& ec) {
  ec = {};
  if (!Await(socket_, POLLOUT, kPatience)) {
    ec = net::error::timed_out;
    return 0;
  }
  const ssize_t written = ::send(socket_, from, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (written < 0) ec = LastError();
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

std::size_t PeerSocket::WriteFor(std::string_view bytes, std::chrono::milliseconds patience) {
  std::size_t written = 0;
  while (written < bytes.size() && Await(socket_, POLLOUT, patience)) {
    const ssize_t part = ::send(socket_, bytes.data() + written, bytes.size() - written,
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (part < 0) break;
    written += static_cast<std::size_t>(part);
  }
  return written;
}

bool PeerSocket::readable() const {
  return Await(socket_, POLLIN, std::chrono::milliseconds(0));
}

void PeerSocket::ShutdownSend() {
  Check(::shutdown(socket_, SHUT_WR) == 0);
}

void PeerSocket::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  Check(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  Close();
}

void PeerSocket::Close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

PeerSocket::executor_type PeerSocket::get_executor() {
  // Beast wants one for its timers, which blocking operations do not use.
  static net::io_context unused;
  return unused.get_executor();
}

void teardown(beast::role_type, PeerSocket& socket, error_code& ec) {
  socket.Close();
  ec = {};
}

void beast_close_socket(PeerSocket& socket) {
  socket.Close();
}

}  // namespace fanfare::testing
