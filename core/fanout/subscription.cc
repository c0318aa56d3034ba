#include "core/subscription.h"

#include "core/fanout/subscriber.h"

namespace fanfare {

Subscription::Subscription() noexcept = default;
Subscription::Subscription(std::unique_ptr<Subscriber> subscriber) noexcept
    : subscriber_(std::move(subscriber)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

}  // namespace fanfare
