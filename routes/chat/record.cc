#include "routes/chat/record.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "core/check.h"
#include "routes/chat/secrets.h"
#include "routes/chat/time_text.h"

namespace fanfare::chat {
namespace {

std::string Now() {
  return TimeText(std::chrono::system_clock::now());
}

// An event as it is shown when what it said was deleted.
std::string WithoutContent(std::string_view event) {
  constexpr bool kThrow = false;
  auto json = nlohmann::ordered_json::parse(event, nullptr, kThrow);
  for (const char* content : {"text", "data", "binary"}) json.erase(content);
  json["deleted"] = true;
  return json.dump();
}

}  // namespace

Record::Record(std::string room, std::shared_ptr<Channel> channel)
    : room_(std::move(room)), epoch_(MakeSecret()), channel_(std::move(channel)) {}

std::uint64_t Record::newest() const {
  return channel_->kept().next;
}

std::uint64_t Record::first() const {
  return channel_->kept().first + 1;
}

std::size_t Record::log_memory() const {
  return channel_->log_memory() + (feed_ == nullptr ? 0 : feed_->log_memory());
}

void Record::Expire() {
  channel_->ExpireHistory();
  if (feed_ != nullptr) feed_->Expire();
  events_.Trim(first());
}

Record::Published Record::AddMessage(const Author& from, const Content& content) {
  std::string time = Now();
  JsonObject event = Begin("message", from, time);
  event.Text("text", content.text).JsonIfAny("data", content.data);
  events_.AddMessage(from.session);
  return Append(std::move(event), std::move(time));
}

Record::Published Record::AddBinary(const Author& from, std::string_view bytes) {
  std::string time = Now();
  JsonObject event = Begin("message", from, time);
  event.Text("text", "").Text("binary", absl::Base64Escape({bytes.data(), bytes.size()}));
  events_.AddMessage(from.session);
  return Append(std::move(event), std::move(time));
}

OrError<Record::Published> Record::AddEdit(const Author& from, std::uint64_t target,
                                           const Content& content) {
  Expire();
  auto may = events_.MayChange(target, from.session);
  if (auto* error = std::get_if<Error>(&may)) return std::move(*error);
  std::string time = Now();
  JsonObject event = Begin("edit", from, time);
  event.Number("target", target).Text("text", content.text).JsonIfAny("data", content.data);
  events_.AddEdit(target);
  return Append(std::move(event), std::move(time));
}

OrError<Record::Published> Record::AddDelete(const Author& from, std::uint64_t target) {
  Expire();
  auto may = events_.MayChange(target, from.session);
  if (auto* error = std::get_if<Error>(&may)) return std::move(*error);
  std::string time = Now();
  JsonObject event = Begin("delete", from, time);
  event.Number("target", target);
  events_.AddDelete(target);
  return Append(std::move(event), std::move(time));
}

OrError<Record::Published> Record::AddReaction(const Author& from, const React& react) {
  Expire();
  auto may = events_.MayReact(react.target);
  if (auto* error = std::get_if<Error>(&may)) return std::move(*error);
  const Events::Reaction before = events_.ReactionOf(react.target, from.session, react.key);
  if (before.on == react.on) return Published{.offset = before.offset, .is_duplicate = true};
  std::string time = Now();
  JsonObject event = Begin("reaction", from, time);
  event.Number("target", react.target).Text("key", react.key).Flag("on", react.on);
  events_.AddReaction(react.target, from.session, react.key, react.on);
  return Append(std::move(event), std::move(time));
}

void Record::BeginFeed(std::shared_ptr<Channel> channel) {
  feed_ = std::make_unique<Feed>(epoch_, *channel_, std::move(channel));
}

void Record::Pass(std::string_view frame) {
  channel_->PublishPassing({.type = MessageType::kText, .payload = frame});
}

std::deque<std::string> Record::Read(std::uint64_t before, std::size_t limit) const {
  const Channel::Range kept = channel_->kept();
  // In the channel, event n is message n - 1.
  const std::uint64_t end = std::min(before - 1, kept.next);
  const std::uint64_t begin = std::max(kept.first, end - std::min<std::uint64_t>(limit, end));
  std::deque<std::string> page;
  channel_->ReadKept(begin, end,
                     [&](std::uint64_t, Message event) { page.emplace_back(event.payload); });
  std::size_t bytes = 0;
  for (const std::string& event : page) bytes += event.size();
  while (page.size() > 1 && bytes > kMaxPageBytes) {
    bytes -= page.front().size();
    page.pop_front();
  }
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (events_.IsDeleted(end - page.size() + i + 1)) page[i] = WithoutContent(page[i]);
  }
  return page;
}

JsonObject Record::Begin(std::string_view type, const Author& from, const std::string& time) const {
  JsonObject event;
  event.Text("type", type)
      .Text("room", room_)
      .Number("offset", events_.next())
      .Text("time", time)
      .Json("from", from.json);
  return event;
}

Record::Published Record::Append(JsonObject event, std::string time) {
  const std::string frame = event.Take();
  const std::uint64_t offset =
      channel_->Publish({.type = MessageType::kText, .payload = frame}) + 1;
  FANFARE_CHECK(offset + 1 == events_.next(), "events are noted as they are published");
  events_.Trim(first());
  if (feed_ != nullptr) feed_->Add(offset, frame);
  return {.offset = offset, .time = std::move(time)};
}

}  // namespace fanfare::chat
