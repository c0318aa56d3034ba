// Which sockets of a shard can be read or written.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/fanout/fanout.h"
#include "core/net/net.h"

namespace fanfare {

// Waits for the sockets of a shard's sessions with an epoll of its own, which the shard's
// io_context waits for. Asio's own reads are made for one operation at a time: each tries the
// socket once more before it waits, and keeps its state on the heap meanwhile. Here a session is
// told that its socket is readable, makes one system call to read it, and while it waits there is
// nothing but its entry in the kernel.
//
// All sockets that are ready at once are one turn of the loop: when their sessions have been told,
// what became due is sent. A turn ends early when the sessions have handled many bytes, so that
// channels do not have to keep more than they may.
//
// Thread: the shard's.
class Poller {
 public:
  class Member {
   public:
    // The socket is ready for what was asked (EPOLLIN, EPOLLOUT), or has failed (EPOLLERR,
    // EPOLLHUP). May destroy the member.
    virtual void OnReady(std::uint32_t events) = 0;

   protected:
    ~Member() = default;
  };

  Poller(net::io_context& context, Fanout& fanout);
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // How many bytes of messages sessions may handle in a turn. At first, without a limit.
  void LimitTurn(std::size_t bytes) { bytes_per_turn_ = bytes; }

  // From now on the member is told of these events, as long as they last.
  void Add(int socket, Member& member, std::uint32_t events);
  void Change(int socket, Member& member, std::uint32_t events);
  // Before the socket is closed.
  void Remove(int socket, Member& member);
  // Members say how many bytes of messages they handle: see above.
  void CountHandled(std::size_t bytes) { handled_ += bytes; }

 private:
  static constexpr std::size_t kMaxEvents = 256;

  void Wait();
  void RunTurn();

  Fanout& fanout_;
  std::size_t bytes_per_turn_ = std::numeric_limits<std::size_t>::max();
  net::posix::basic_stream_descriptor<Executor> epoll_;
  // What the kernel told last; [next_, count_) have yet to be passed on.
  std::array<epoll_event, kMaxEvents> events_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  // In the turn at hand.
  std::size_t handled_ = 0;
};

}  // namespace fanfare
