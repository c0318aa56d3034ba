#include "routes/chat/rooms.h"

#include <chrono>
#include <utility>

namespace fanfare::chat {
namespace {

constexpr std::chrono::seconds kSweepTime{30};

}  // namespace

Rooms::Stay::Stay(Stay&& other) noexcept
    : rooms_(other.rooms_), entry_(std::exchange(other.entry_, nullptr)) {}

Rooms::Stay::~Stay() {
  if (entry_ != nullptr) rooms_->Go(*entry_);
}

Room& Rooms::Stay::operator*() const {
  return *entry_->room;
}

Rooms::Rooms(RouteContext& context, const RoomSettings& settings, std::size_t max_recorded)
    : context_(context), settings_(settings), max_recorded_(max_recorded) {}

Rooms::~Rooms() = default;

Rooms::Stay Rooms::EnterPlain(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return Come(FindOrMake(name));
}

std::optional<Rooms::Stay> Rooms::Enter(const std::string& name) {
  // Ends after the lock: a room that was made for nothing is freed, whatever went wrong.
  std::optional<Stay> stay;
  const std::lock_guard lock(mutex_);
  Entry& entry = FindOrMake(name);
  stay.emplace(Come(entry));
  if (!MayRecord(entry)) return std::nullopt;
  return stay;
}

std::optional<Rooms::Stay> Rooms::EnterExisting(const std::string& name) {
  std::optional<Stay> stay;
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(name);
  if (found == rooms_.end()) return std::nullopt;
  stay.emplace(Come(*found->second));
  if (!MayRecord(*found->second)) return std::nullopt;
  return stay;
}

std::vector<std::pair<std::string, Room::Summary>> Rooms::ListAfter(
    const std::string& after, std::size_t limit, const RoomPatterns& wanted) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, Room::Summary>> list;
  for (const RoomPatterns::Pattern& pattern : wanted.patterns()) {
    auto at = pattern.text > after ? rooms_.lower_bound(pattern.text) : rooms_.upper_bound(after);
    for (; at != rooms_.end() && pattern.Fits(at->first); ++at) {
      if (list.size() == limit) return list;
      list.emplace_back(at->first, at->second->room->Summarize());
    }
  }
  return list;
}

std::vector<GroupInfo> Rooms::DescribeAfter(const std::string& after, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<GroupInfo> list;
  for (auto at = rooms_.upper_bound(after); at != rooms_.end() && list.size() < limit; ++at) {
    list.push_back(at->second->room->Describe());
  }
  return list;
}

std::size_t Rooms::count() const {
  const std::lock_guard lock(mutex_);
  return rooms_.size();
}

std::size_t Rooms::recorded_count() const {
  const std::lock_guard lock(mutex_);
  return recorded_;
}

Rooms::Entry& Rooms::FindOrMake(const std::string& name) {
  if (const auto found = rooms_.find(name); found != rooms_.end()) return *found->second;
  auto entry = std::make_unique<Entry>();
  entry->room = std::make_shared<Room>(name, settings_, context_);
  return *rooms_.emplace(name, std::move(entry)).first->second;
}

Rooms::Stay Rooms::Come(Entry& entry) {
  if (entry.stays++ == 0 && entry.is_recorded) {
    entry.place.splice(entry.place.begin(), idle_, entry.idle);
  }
  return {*this, entry};
}

bool Rooms::MayRecord(Entry& entry) {
  // First, and for whoever comes: it may be that there was no memory to ask for the next one.
  if (!is_sweeping_) ScheduleSweep();
  if (entry.is_recorded) return true;
  if (recorded_ == max_recorded_) {
    if (idle_.empty()) return false;
    Free(*idle_.front());
  }
  entry.room->BeginRecord();
  entry.is_recorded = true;
  ++recorded_;
  return true;
}

void Rooms::Free(Entry& entry) {
  if (entry.is_recorded) {
    --recorded_;
    idle_.erase(entry.idle);
  }
  rooms_.erase(rooms_.find(entry.room->name()));
}

void Rooms::Go(Entry& entry) {
  const std::lock_guard lock(mutex_);
  if (--entry.stays > 0) return;
  if (entry.is_recorded) {
    idle_.splice(idle_.end(), entry.place);
  } else {
    Free(entry);
  }
}

void Rooms::ScheduleSweep() {
  context_.After(kSweepTime, [this] { Sweep(); });
  is_sweeping_ = true;
}

void Rooms::Sweep() {
  const std::lock_guard lock(mutex_);
  is_sweeping_ = false;
  // First: also when something fails below, there is a next one.
  if (recorded_ > 0) ScheduleSweep();
  for (auto at = rooms_.begin(); at != rooms_.end();) {
    Entry& entry = *at++->second;
    if (entry.is_recorded && entry.room->Expire() && entry.stays == 0) Free(entry);
  }
}

}  // namespace fanfare::chat
