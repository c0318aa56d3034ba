// A client's end of a TCP connection.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "core/endpoint.h"
#include "core/net/net.h"

namespace fanfare::testing {

// How long a test waits for what must come. Far longer than it takes, even on a busy machine.
inline constexpr std::chrono::seconds kPatience(20);

// A connected socket whose operations block, but end with `timed_out` after kPatience: a test that
// waits in vain fails and does not hang. It is a SyncStream, so that Beast can use it.
//
// Thread: one at a time.
class PeerSocket {
 public:
  struct Options {
    // SO_RCVBUF, set before connecting; 0 leaves it to the kernel.
    int receive_buffer = 0;
    // SO_SNDBUF, likewise.
    int send_buffer = 0;
    // The address to come from, if it matters: any of 127.0.0.0/8 is there.
    const char* source = nullptr;
  };

  // Connects. Throws system_error, as all functions here without an error_code do.
  explicit PeerSocket(const Endpoint& server, Options options);
  ~PeerSocket();
  PeerSocket(PeerSocket&& other) noexcept;
  PeerSocket& operator=(PeerSocket&& other) noexcept;

  Endpoint local_endpoint() const;

  // Reads what is there, or waits for the first of it; `eof` at the end.
  std::size_t ReadSome(char* to, std::size_t bytes, error_code& ec);
  std::size_t WriteSome(const char* from, std::size_t bytes, error_code& ec);
  // Writes what the kernel takes within `patience`; returns how much that was.
  std::size_t WriteFor(std::string_view bytes, std::chrono::milliseconds patience);
  // Whether there is something to read (or the end) by now.
  bool readable() const;

  // FIN; the other direction stays open.
  void ShutdownSend();
  // RST.
  void Reset();
  void Close();

  // What Beast asks of a SyncStream.
  using executor_type = net::io_context::executor_type;
  executor_type get_executor();

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& ec) {
    for (const net::mutable_buffer buffer : beast::buffers_range_ref(buffers)) {
      if (buffer.size() > 0) return ReadSome(static_cast<char*>(buffer.data()), buffer.size(), ec);
    }
    ec = {};
    return 0;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, error_code& ec) {
    for (const net::const_buffer buffer : beast::buffers_range_ref(buffers)) {
      if (buffer.size() > 0) {
        return WriteSome(static_cast<const char*>(buffer.data()), buffer.size(), ec);
      }
    }
    ec = {};
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return Checked([&](error_code& ec) { return read_some(buffers, ec); });
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return Checked([&](error_code& ec) { return write_some(buffers, ec); });
  }

 private:
  template <class Operation>
  static std::size_t Checked(Operation operation) {
    error_code ec;
    const std::size_t bytes = operation(ec);
    if (ec) throw boost::system::system_error(ec);
    return bytes;
  }

  int socket_ = -1;
};

// What Beast calls, by argument-dependent lookup, when the closing handshake is over.
void teardown(beast::role_type, PeerSocket& socket, error_code& ec);
void beast_close_socket(PeerSocket& socket);

}  // namespace fanfare::testing
