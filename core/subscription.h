// A session's membership in a channel.
#pragma once

#include <memory>

namespace fanfare {

struct Subscriber;

// Keeps a session subscribed to a channel; destroying it ends the subscription.
//
// Thread: the session's own shard. Lifetime: must end before the channel does; it may outlive the
// session's connection (it then does nothing). What was published before the end but not yet sent
// is not sent any more, except for the rest of a message that was sent in part.
class [[nodiscard]] Subscription {
 public:
  Subscription() noexcept;
  explicit Subscription(std::unique_ptr<Subscriber> subscriber) noexcept;
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  explicit operator bool() const { return subscriber_ != nullptr; }

 private:
  std::unique_ptr<Subscriber> subscriber_;
};

}  // namespace fanfare
