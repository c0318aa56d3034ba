#include "core/channel.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/fanout/log.h"
#include "core/fanout/subscriber_group.h"

namespace fanfare {
namespace {

Channel::Settings Bounded(Channel::Settings settings) {
  settings.history.bytes = std::min(settings.history.bytes, settings.log_bytes / 2);
  return settings;
}

}  // namespace

Channel::Channel(std::string name, Settings settings)
    : name_(std::move(name)),
      settings_(Bounded(settings)),
      log_(std::make_unique<Log>(settings.log_bytes, settings.format)) {}

Channel::~Channel() {
  FANFARE_CHECK(groups_.empty(), "a channel outlives its subscriptions");
}

std::uint64_t Channel::Publish(Message message) {
  const std::lock_guard lock(mutex_);
  if (settings_.history.messages == 0) {
    Append(message);
    return offset_++;
  }
  const Clock::time_point now = Clock::now();
  // Where it will be. First, so that without memory for either nothing has happened.
  kept_.push_back({.position = log_->head(), .time = now});
  try {
    Append(message);
  } catch (...) {
    kept_.pop_back();
    throw;
  }
  TrimHistory(now);
  return offset_++;
}

void Channel::PublishPassing(Message message) {
  const std::lock_guard lock(mutex_);
  Append(message);
}

void Channel::Append(Message message) {
  // A message that nobody is subscribed to is not worth a copy.
  if (!groups_.empty() || settings_.history.messages > 0) log_->Append(message);
  ++appended_;
  for (SubscriberGroup* group : groups_) group->Wake();
}

Channel::Range Channel::kept() const {
  const std::lock_guard lock(mutex_);
  return {.first = offset_ - kept_.size(), .next = offset_};
}

void Channel::ReadKept(std::uint64_t from, std::uint64_t to,
                       absl::FunctionRef<void(std::uint64_t offset, Message message)> show) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = offset_ - kept_.size();
  from = std::max(from, first);
  if (from >= std::min(to, offset_)) return;
  LogWindow window(kept_[from - first].position, settings_.format);
  window.Fetch(*log_);
  for (; from < std::min(to, offset_); ++from) {
    show(from, window.FrameAt(kept_[from - first].position).message);
  }
}

void Channel::ExpireHistory() {
  const std::lock_guard lock(mutex_);
  TrimHistory(Clock::now());
}

void Channel::TrimHistory(Clock::time_point now) {
  const std::size_t before = kept_.size();
  const auto is_too_much = [&](const Kept& oldest) {
    return kept_.size() > settings_.history.messages || now - oldest.time > settings_.history.age ||
           log_->head() - oldest.position > settings_.history.bytes ||
           oldest.position < log_->tail();
  };
  while (!kept_.empty() && is_too_much(kept_.front())) kept_.pop_front();
  if (kept_.size() < before || groups_.empty()) ReleaseLog();
}

std::optional<std::uint64_t> Channel::PositionOf(std::uint64_t offset) const {
  const std::uint64_t first = offset_ - kept_.size();
  if (offset == offset_) return log_->head();
  if (offset < first || offset > offset_) return std::nullopt;
  return kept_[offset - first].position;
}

void Channel::ReleaseLog() {
  LogPosition needed = kept_.empty() ? log_->head() : kept_.front().position;
  for (const SubscriberGroup* group : groups_) needed = std::min(needed, group->released_);
  log_->Release(needed);
}

std::size_t Channel::log_memory() const {
  const std::lock_guard lock(mutex_);
  return log_->memory();
}

}  // namespace fanfare
