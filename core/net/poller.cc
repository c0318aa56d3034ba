#include "core/net/poller.h"

#include <cerrno>
#include <system_error>

#include "core/check.h"

namespace fanfare {
namespace {

int MakeEpoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return epoll;
}

}  // namespace

Poller::Poller(net::io_context& context, Fanout& fanout)
    : fanout_(fanout), epoll_(context, MakeEpoll()) {
  Wait();
}

void Poller::Add(int socket, Member& member, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &member}};
  const int result = ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event);
  // The kernel is out of memory for it, or at fs.epoll.max_user_watches: this session alone ends.
  if (result != 0) throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Poller::Change(int socket, Member& member, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &member}};
  const int result = ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, socket, &event);
  FANFARE_CHECK(result == 0, "a socket that was added can be changed");
}

void Poller::Remove(int socket, Member& member) {
  ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
  for (std::size_t i = next_; i < count_; ++i) {
    if (events_[i].data.ptr == &member) events_[i].data.ptr = nullptr;
  }
}

void Poller::Wait() {
  epoll_.async_wait(net::posix::descriptor_base::wait_read, [this](error_code ec) {
    if (ec) return;
    RunTurn();
    Wait();
  });
}

void Poller::RunTurn() {
  const Fanout::Turn turn(fanout_);
  if (next_ == count_) {
    const int ready = ::epoll_wait(epoll_.native_handle(), events_.data(), kMaxEvents, 0);
    next_ = 0;
    count_ = ready > 0 ? static_cast<std::size_t>(ready) : 0;
  }
  handled_ = 0;
  while (next_ < count_ && handled_ < bytes_per_turn_) {
    const epoll_event& event = events_[next_++];
    if (event.data.ptr != nullptr) static_cast<Member*>(event.data.ptr)->OnReady(event.events);
  }
}

}  // namespace fanfare
