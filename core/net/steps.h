// An executor that runs everything at once, in order.
#pragma once

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/net/net.h"

namespace fanfare {

// The steps of an asynchronous operation whose input is in memory: each may post the next, and Run
// runs them until none is left. So a composed operation of Beast's, which goes on by completion
// handlers, runs to its end within one call, without a way through the event loop.
//
// Thread: one. Lifetime: outlives its executors.
class Steps {
 public:
  // What Asio wants of an executor: see "executor" in its reference.
  class Executor {
   public:
    explicit Executor(Steps& steps) noexcept : steps_(&steps) {}

    template <class F>
    void execute(F&& step) const {
      steps_->waiting_.emplace_back(std::forward<F>(step));
    }

    net::execution_context& query(net::execution::context_t) const noexcept {
      return steps_->context_;
    }
    static constexpr net::execution::blocking_t query(net::execution::blocking_t) noexcept {
      return net::execution::blocking.never;
    }
    Executor require(net::execution::blocking_t::never_t) const noexcept { return *this; }

    friend bool operator==(Executor a, Executor b) noexcept { return a.steps_ == b.steps_; }
    friend bool operator!=(Executor a, Executor b) noexcept { return a.steps_ != b.steps_; }

   private:
    Steps* steps_;
  };

  // The context is for those who look up services there (timers); nothing runs in it.
  explicit Steps(net::execution_context& context) : context_(context) {}
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;

  Executor executor() noexcept { return Executor(*this); }

  void Run() {
    // Running a step may add to the list, and so move what is in it.
    // NOLINTNEXTLINE(modernize-loop-convert)
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      absl::AnyInvocable<void()> step = std::move(waiting_[i]);
      step();
    }
    waiting_.clear();
  }

 private:
  net::execution_context& context_;
  std::vector<absl::AnyInvocable<void()>> waiting_;
};

}  // namespace fanfare
