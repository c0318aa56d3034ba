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
  const std::lock_guard lock(mutex_);
  Entry& entry = FindOrMake(name);
  if (MayRecord(entry)) return Come(entry);
  if (entry.stays == 0) Free(entry);
  return std::nullopt;
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
  std::unique_ptr<Entry>& entry = rooms_[name];
  if (entry == nullptr) {
    entry = std::make_unique<Entry>();
    entry->room = std::make_shared<Room>(name, settings_, context_);
  }
  return *entry;
}

Rooms::Stay Rooms::Come(Entry& entry) {
  if (entry.stays++ == 0 && entry.is_recorded) idle_.erase(entry.idle);
  return {*this, entry};
}

bool Rooms::MayRecord(Entry& entry) {
  if (entry.is_recorded) return true;
  if (recorded_ == max_recorded_) {
    if (idle_.empty()) return false;
    Free(*idle_.front());
  }
  entry.room->BeginRecord();
  entry.is_recorded = true;
  ++recorded_;
  if (entry.stays == 0) entry.idle = idle_.insert(idle_.end(), &entry);
  if (!is_sweeping_) ScheduleSweep();
  return true;
}

void Rooms::Free(Entry& entry) {
  if (entry.is_recorded) {
    --recorded_;
    idle_.erase(entry.idle);
  }
  const std::string name = entry.room->name();
  rooms_.erase(name);
}

void Rooms::Go(Entry& entry) {
  const std::lock_guard lock(mutex_);
  if (--entry.stays > 0) return;
  if (entry.is_recorded) {
    entry.idle = idle_.insert(idle_.end(), &entry);
  } else {
    Free(entry);
  }
}

void Rooms::ScheduleSweep() {
  is_sweeping_ = true;
  context_.After(kSweepTime, [this] { Sweep(); });
}

void Rooms::Sweep() {
  const std::lock_guard lock(mutex_);
  std::vector<Entry*> empty;
  for (const auto& [name, entry] : rooms_) {
    if (entry->is_recorded && entry->room->Expire() && entry->stays == 0) {
      empty.push_back(entry.get());
    }
  }
  for (Entry* entry : empty) Free(*entry);
  is_sweeping_ = false;
  if (recorded_ > 0) ScheduleSweep();
}

}  // namespace fanfare::chat
