// The layer under Beast: bytes come from memory, and go to the session's writer.
#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "core/net/net.h"
#include "core/net/steps.h"

namespace fanfare {

// Where a gate puts what Beast writes.
class GateSink {
 public:
  // Queues bytes of Beast's: an HTTP response, or one whole control frame. False when there is no
  // room.
  virtual bool OnWrite(std::string_view bytes) = 0;
  // Beast's close frame is about to be written: data frames must not follow it.
  virtual void OnCloseFrame() = 0;

 protected:
  ~GateSink() = default;
};

// An AsyncStream for `boost::beast::websocket::stream<Gate>`.
//
// Beast reads what Provide gave it, and then waits for more. Whatever Beast writes goes to the sink
// at once, as a copy, and is complete in the next step. So Beast never touches a socket, and its
// frames can not come between the pieces of one that fan-out is sending. Beast must not fragment
// nor compress what it writes; it is not asked to write data frames at all.
//
// Thread: the session's shard. Beast documents what it requires of a stream, and of teardown, in
// "Layers" and "Teardown" of its WebSocket chapter.
class Gate {
 public:
  using executor_type = Steps::Executor;

  explicit Gate(executor_type executor) : executor_(executor) {}

  executor_type get_executor() const noexcept { return executor_; }

  // Who gets what Beast writes from now on; it must last for as long as steps are run.
  void set_sink(GateSink& sink) { sink_ = &sink; }

  // The bytes must stay where they are until input() is empty.
  void Provide(std::string_view bytes) {
    input_ = bytes;
    if (reader_ != nullptr) executor_.execute(std::exchange(reader_, nullptr));
  }
  // What Beast has not asked for yet.
  std::string_view input() const { return input_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& to) {
          if (!input_.empty()) {
            Complete(std::move(handler), error_code(), Take(to));
          } else {
            reader_ = [this, handler = std::move(handler), to]() mutable {
              handler(error_code(), Take(to));
            };
          }
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
            if (bytes == 0 && IsCloseFrame(piece)) sink_->OnCloseFrame();
            taken = taken && sink_->OnWrite(piece);
            bytes += piece.size();
          }
          const error_code ec = taken ? error_code() : net::error::no_buffer_space;
          Complete(std::move(handler), ec, taken ? bytes : 0);
        },
        token, buffers);
  }

  // Beast has nothing more to say or to hear; the connection does the rest.
  template <class Handler>
  void AsyncTeardown(Handler&& handler) {
    net::post(executor_, beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
  }

 private:
  // A final close frame: opcode 8 of RFC 6455 section 5.2. No HTTP response starts with this byte.
  static bool IsCloseFrame(std::string_view bytes) {
    return !bytes.empty() && static_cast<unsigned char>(bytes.front()) == 0x88;
  }

  template <class Buffers>
  std::size_t Take(const Buffers& to) {
    const std::size_t bytes = net::buffer_copy(to, net::buffer(input_));
    input_.remove_prefix(bytes);
    return bytes;
  }

  template <class Handler>
  void Complete(Handler handler, error_code ec, std::size_t bytes) {
    net::post(executor_, beast::bind_front_handler(std::move(handler), ec, bytes));
  }

  executor_type executor_;
  GateSink* sink_ = nullptr;
  std::string_view input_;
  // The read that waits for input.
  absl::AnyInvocable<void()> reader_;
};

// What Beast calls, by argument-dependent lookup, instead of its own functions for a TCP socket.

template <class Handler>
void async_teardown(beast::role_type, Gate& gate, Handler&& handler) {
  gate.AsyncTeardown(std::forward<Handler>(handler));
}

// For Beast's timeouts, which are off: the connection has its own.
inline void beast_close_socket(Gate&) {}

}  // namespace fanfare
