// The layer under Beast that owns the socket's write side.
#pragma once

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/net/net.h"

namespace fanfare {

// Where a gate puts what Beast writes. None of these may destroy the gate.
class GateSink {
 public:
  // Queues bytes of Beast's: an HTTP response, or one whole control frame. False when there is no
  // room.
  virtual bool OnWrite(std::string_view bytes) = 0;
  // Beast's close frame is about to be written: data frames must not follow it.
  virtual void OnCloseFrame() = 0;
  // The connection is over: end the stream once what was queued has left.
  virtual void OnTeardown() = 0;
  // Beast gives up (a timeout): the stream is closed after this.
  virtual void OnStreamClosed() = 0;

 protected:
  ~GateSink() = default;
};

// An AsyncStream for `boost::beast::websocket::stream<Gate<Stream>>`.
//
// Reads come from the stream beneath; whatever Beast writes goes to the sink at once, as a copy,
// and is completed on the next turn. So Beast never writes to the socket, and its frames can not
// come between the pieces of one that fan-out is sending. Beast must not fragment nor compress what
// it writes; it is not asked to write data frames at all.
//
// Thread: the session's shard. Beast documents what it requires of a stream, and of teardown, in
// "Layers" and "Teardown" of its WebSocket chapter.
template <class Stream>
class Gate {
 public:
  using executor_type = typename Stream::executor_type;

  // `read_before` are bytes that were read from the stream already.
  Gate(Stream stream, std::string read_before, GateSink& sink)
      : stream_(std::move(stream)), read_before_(std::move(read_before)), sink_(sink) {}

  executor_type get_executor() { return stream_.get_executor(); }
  Stream& stream() { return stream_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& to) {
          if (read_before_.empty()) {
            stream_.async_read_some(to, std::move(handler));
            return;
          }
          const std::size_t bytes = net::buffer_copy(to, net::buffer(read_before_));
          read_before_.erase(0, bytes);
          Complete(std::move(handler), error_code(), bytes);
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          std::size_t bytes = 0;
          bool taken = true;
          for (const net::const_buffer buffer : beast::buffers_range_ref(from)) {
            const std::string_view piece(static_cast<const char*>(buffer.data()), buffer.size());
            if (bytes == 0 && IsCloseFrame(piece)) sink_.OnCloseFrame();
            taken = taken && sink_.OnWrite(piece);
            bytes += piece.size();
          }
          const error_code ec = taken ? error_code() : net::error::no_buffer_space;
          Complete(std::move(handler), ec, taken ? bytes : 0);
        },
        token, buffers);
  }

  // Ends the stream: what was queued leaves, then our side is shut down, and what the peer still
  // sends is read and dropped until it closes its side. (Closing at once would make the kernel
  // reset the connection, and the peer might never see the close frame.)
  template <class Handler>
  void AsyncTeardown(Handler&& handler) {
    sink_.OnTeardown();
    net::async_compose<Handler, void(error_code)>(
        [this, begun = false](auto& self, error_code ec = {}, std::size_t = 0) mutable {
          // However the peer ends it: Beast would report a reset instead of what ended the session.
          if (std::exchange(begun, true) && ec) return self.complete(error_code());
          stream_.async_read_some(net::buffer(Waste()), std::move(self));
        },
        handler, stream_);
  }

  void Close() {
    sink_.OnStreamClosed();
    stream_.close();
  }

 private:
  // A final close frame: opcode 8 of RFC 6455 section 5.2. No HTTP response starts with this byte.
  static bool IsCloseFrame(std::string_view bytes) {
    return !bytes.empty() && static_cast<unsigned char>(bytes.front()) == 0x88;
  }

  template <class Handler>
  void Complete(Handler handler, error_code ec, std::size_t bytes) {
    net::post(get_executor(), beast::bind_front_handler(std::move(handler), ec, bytes));
  }

  // Where bytes go that nobody reads; one for each thread, because nobody reads it.
  static std::array<char, 4096>& Waste() {
    thread_local std::array<char, 4096> waste;
    return waste;
  }

  Stream stream_;
  std::string read_before_;
  GateSink& sink_;
};

// What Beast calls, by argument-dependent lookup, instead of its own functions for a TCP socket.

template <class Stream, class Handler>
void async_teardown(beast::role_type, Gate<Stream>& gate, Handler&& handler) {
  gate.AsyncTeardown(std::forward<Handler>(handler));
}

template <class Stream>
void beast_close_socket(Gate<Stream>& gate) {
  gate.Close();
}

}  // namespace fanfare
