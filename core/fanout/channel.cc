#include "core/channel.h"

#include <utility>

#include "core/check.h"
#include "core/fanout/log.h"
#include "core/fanout/subscriber_group.h"

namespace fanfare {

Channel::Channel(std::string name, std::size_t log_bytes, SlowReaders slow_readers)
    : name_(std::move(name)), slow_readers_(slow_readers), log_(std::make_unique<Log>(log_bytes)) {}

Channel::~Channel() {
  FANFARE_CHECK(groups_.empty(), "a channel outlives its subscriptions");
}

std::uint64_t Channel::Publish(Message message) {
  const std::lock_guard lock(mutex_);
  // A message that nobody is subscribed to is not worth a copy.
  if (!groups_.empty()) log_->Append(message);
  for (SubscriberGroup* group : groups_) group->Wake();
  return offset_++;
}

std::size_t Channel::log_memory() const {
  const std::lock_guard lock(mutex_);
  return log_->memory();
}

}  // namespace fanfare
