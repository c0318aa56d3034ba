#include "routes/chat/room.h"

#include <algorithm>
#include <utility>

#include "routes/chat/access.h"
#include "routes/chat/secrets.h"

namespace fanfare::chat {

Room::Room(std::string name, const RoomSettings& settings, RouteContext& context)
    : name_(std::move(name)),
      settings_(settings),
      context_(context),
      plain_channel_(context.MakeChannel(name_)),
      plain_(*plain_channel_),
      presence_(name_, settings.list_up_to) {}

void Room::JoinPlain(Session& session) {
  const std::lock_guard lock(mutex_);
  plain_.Join(session);
  if (const Who& who = session.identity(); who != nullptr) {
    plain_names_[session.id()] = NameOf(who, "");
  }
  if (record_ != nullptr) AddPlainMember(session.id());
}

void Room::LeavePlain(const Session& session) {
  const std::lock_guard lock(mutex_);
  plain_.Leave(session);
  plain_names_.erase(session.id());
  const auto author = plain_authors_.find(session.id());
  if (author == plain_authors_.end()) return;
  presence_.Leave(author->second.session, session.id());
  plain_authors_.erase(author);
  SchedulePresence();
}

void Room::SayPlain(const Session& session, Message message) {
  if (!has_record_ && SayBeforeRecord(message)) return;
  const std::lock_guard lock(mutex_);
  RecordPlain(session, message);
  plain_.Broadcast(message);
}

bool Room::SayBeforeRecord(Message message) {
  ++saying_;
  const bool is_before = !has_record_;
  if (is_before) plain_.Broadcast(message);
  if (--saying_ == 0 && has_record_) saying_.notify_all();
  return is_before;
}

std::size_t Room::plain_count() const {
  const std::lock_guard lock(mutex_);
  return plain_.size();
}

bool Room::HasPlain(const Endpoint& peer) const {
  const std::lock_guard lock(mutex_);
  return plain_.Contains(peer);
}

void Room::BeginRecord() {
  const std::lock_guard lock(mutex_);
  if (record_ != nullptr) return;
  // First: without memory for it, there is none.
  auto record =
      std::make_unique<Record>(name_, context_.MakeChannel(name_, {.history = settings_.history}));
  // From now on they wait for the mutex. What is being said comes before the beginning.
  has_record_ = true;
  for (int saying = saying_; saying != 0; saying = saying_) saying_.wait(saying);
  record_ = std::move(record);
  for (const std::uint64_t session : plain_.ids()) AddPlainMember(session);
}

Room::Joined Room::Join(Session& session, const Author& who, const chat::Join& request) {
  const std::lock_guard lock(mutex_);
  presence_.Join(who, session.id());
  SchedulePresence();

  record_->Expire();
  Joined joined{.offset = record_->newest(),
                .history = {.first = record_->first()},
                .members = MembersAfter("", presence_.is_listed() ? kMaxPage : 0, who.session)};
  if (request.recover && request.recover->epoch == record_->epoch()) {
    // The event after that offset is the message of that number.
    joined.subscription = session.SubscribeFrom(record_->channel(), request.recover->offset);
    joined.is_recovered = static_cast<bool>(joined.subscription);
  }
  if (!joined.is_recovered) {
    joined.subscription = session.Subscribe(record_->channel());
    if (request.history > 0) joined.history.events = record_->Read(kMaxOffset, request.history);
  }
  return joined;
}

void Room::Leave(const Session& session, const Author& who) {
  const std::lock_guard lock(mutex_);
  presence_.Leave(who.session, session.id());
  SchedulePresence();
}

void Room::Lose(const Session& session, const Author& who) {
  const std::lock_guard lock(mutex_);
  if (!presence_.Lose(who.session, session.id())) return;
  context_.After(settings_.grace,
                 [weak = weak_from_this(), lost = who.session, connection = session.id()] {
                   if (const auto room = weak.lock()) room->Forget(lost, connection);
                 });
}

Room::Published Room::Say(const Author& from, const Content& content) {
  const std::lock_guard lock(mutex_);
  return SayLocked(from, content);
}

Room::Published Room::SayOnce(const Author& from, const Content& content, const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (const auto* before = posts_.Find(key, name_, record_->epoch())) {
    return {.offset = before->offset, .time = before->time, .is_duplicate = true};
  }
  Published published = SayLocked(from, content);
  posts_.Add(key, {.room = name_,
                   .epoch = record_->epoch(),
                   .offset = published.offset,
                   .time = published.time});
  return published;
}

OrError<Room::Published> Room::Change(const Author& from, const Edit& edit) {
  const std::lock_guard lock(mutex_);
  return record_->AddEdit(from, edit.target, edit.content);
}

OrError<Room::Published> Room::Change(const Author& from, const Delete& which) {
  const std::lock_guard lock(mutex_);
  return record_->AddDelete(from, which.target);
}

OrError<Room::Published> Room::Change(const Author& from, const React& react) {
  const std::lock_guard lock(mutex_);
  return record_->AddReaction(from, react);
}

void Room::Pass(std::string_view frame) {
  const std::lock_guard lock(mutex_);
  record_->Pass(frame);
}

Subscription Room::Watch(Session& session, const std::optional<chat::Join::Recover>& last,
                         std::size_t history) {
  const std::lock_guard lock(mutex_);
  if (watchers_++ == 0) {
    record_->BeginFeed(context_.MakeChannel(
        name_, {.history = settings_.history, .format = Format::kEventStream}));
  }
  Feed& feed = *record_->feed();
  record_->Expire();
  const std::uint64_t first = std::max(record_->first(), feed.first());
  if (last && last->epoch == record_->epoch() && last->offset + 1 >= first) {
    if (Subscription missed = feed.SubscribeAfter(session, last->offset)) return missed;
  }
  std::deque<std::string> events;
  if (history > 0) events = record_->Read(kMaxOffset, history);
  std::uint64_t offset = record_->newest() - events.size();
  const std::string& epoch = record_->epoch();
  std::string text = last ? FeedGap(name_, epoch, offset, first) : FeedPlace(epoch, offset);
  for (const std::string& event : events) text += FeedEvent(epoch, ++offset, event);
  session.Send({.type = MessageType::kText, .payload = text});
  return feed.Subscribe(session);
}

void Room::Unwatch() {
  const std::lock_guard lock(mutex_);
  if (--watchers_ == 0) record_->EndFeed();
}

Room::EventPage Room::ReadEvents(std::uint64_t before, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  record_->Expire();
  return {.first = record_->first(), .events = record_->Read(before, limit)};
}

Room::MemberPage Room::ReadMembers(const std::string& after, std::size_t limit,
                                   const std::string& reader) {
  const std::lock_guard lock(mutex_);
  return MembersAfter(after, limit, reader);
}

OrError<std::string> Room::SessionNamed(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return presence_.SessionNamed(name);
}

Room::Summary Room::Summarize() const {
  const std::lock_guard lock(mutex_);
  if (record_ == nullptr) return {.members = plain_.size()};
  return {.members = presence_.count(), .offset = record_->newest()};
}

GroupInfo Room::Describe() const {
  const std::lock_guard lock(mutex_);
  GroupInfo info = {.name = name_,
                    .members = {{"plain", plain_.size()}},
                    .log_bytes = plain_channel_->log_memory(),
                    .created = created_};
  if (record_ == nullptr) return info;
  // The plain ones are among those who are present.
  info.members.emplace_back("json", presence_.count() - plain_authors_.size());
  info.members.emplace_back("events", watchers_);
  info.kept_messages = record_->newest() + 1 - record_->first();
  info.log_bytes += record_->log_memory();
  return info;
}

bool Room::Expire() {
  const std::lock_guard lock(mutex_);
  if (record_ == nullptr) return plain_.empty();
  record_->Expire();
  return presence_.count() == 0 && record_->first() > record_->newest();
}

Room::MemberPage Room::MembersAfter(const std::string& after, std::size_t limit,
                                    const std::string& reader) {
  return {.version = presence_.version(),
          .count = presence_.count(),
          .is_listed = presence_.is_listed(),
          .page = presence_.Read(after, limit, reader)};
}

Room::Published Room::SayLocked(const Author& from, const Content& content) {
  Published published = record_->AddMessage(from, content);
  // What is data only says nothing to plain clients.
  if (!content.text.empty() || content.data.empty()) {
    plain_.Broadcast({.type = MessageType::kText, .payload = content.text});
  }
  return published;
}

void Room::RecordPlain(const Session& session, Message message) {
  const Author& from = plain_authors_[session.id()];
  if (message.type == MessageType::kBinary) {
    record_->AddBinary(from, message.payload);
  } else {
    record_->AddMessage(from, {.text = std::string(message.payload)});
  }
}

void Room::AddPlainMember(std::uint64_t session) {
  Author& author = plain_authors_[session];
  const auto name = plain_names_.find(session);
  author = Author(MakeSecret(), name == plain_names_.end() ? std::string(kGuest) : name->second);
  presence_.Join(author, session);
  SchedulePresence();
}

void Room::SchedulePresence() {
  if (is_telling_presence_ || !presence_.has_changed()) return;
  context_.After(settings_.presence_interval, [weak = weak_from_this()] {
    if (const auto room = weak.lock()) room->TellPresence();
  });
  is_telling_presence_ = true;
}

void Room::TellPresence() {
  const std::lock_guard lock(mutex_);
  is_telling_presence_ = false;
  if (const std::string frame = presence_.TakeFrame(); !frame.empty()) record_->Pass(frame);
}

void Room::Forget(const std::string& session, std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  presence_.Forget(session, connection);
  SchedulePresence();
}

}  // namespace fanfare::chat
