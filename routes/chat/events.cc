#include "routes/chat/events.h"

#include <utility>

namespace fanfare::chat {

void Events::AddMessage(std::string author) {
  events_.push_back({.kind = Kind::kMessage, .author = std::move(author)});
}

void Events::AddEdit(std::uint64_t target) {
  events_.push_back({.kind = Kind::kEdit, .target = target});
}

void Events::AddDelete(std::uint64_t target) {
  if (Event* message = At(target)) {
    message->is_deleted = true;
    message->reactions.clear();
  }
  // Its edits may be kept for longer than itself.
  for (std::uint64_t offset = target + 1; offset < next(); ++offset) {
    if (Event* edit = At(offset)) edit->is_deleted |= edit->target == target;
  }
  events_.emplace_back();
}

void Events::AddReaction(std::uint64_t target, const std::string& session, const std::string& key,
                         bool on) {
  if (Event* message = At(target)) {
    message->reactions[{session, key}] = {.on = on, .offset = next()};
  }
  events_.emplace_back();
}

void Events::Trim(std::uint64_t first) {
  while (first_ < first && !events_.empty()) {
    events_.pop_front();
    ++first_;
  }
}

OrError<std::monostate> Events::MayChange(std::uint64_t target, const std::string& session) const {
  OrError<std::monostate> outcome = MayReact(target);
  if (std::holds_alternative<std::monostate>(outcome) && At(target)->author != session) {
    return Error{.code = ErrorCode::kNotYours, .message = "another session is its author"};
  }
  return outcome;
}

OrError<std::monostate> Events::MayReact(std::uint64_t target) const {
  const auto no_such = [](const char* why) {
    return Error{.code = ErrorCode::kNoSuchMessage, .message = why};
  };
  const Event* message = At(target);
  if (message == nullptr) return no_such("\"target\" is not kept");
  if (message->kind != Kind::kMessage) return no_such("\"target\" is no message");
  if (message->is_deleted) return no_such("\"target\" was deleted");
  return std::monostate();
}

Events::Reaction Events::ReactionOf(std::uint64_t target, const std::string& session,
                                    const std::string& key) const {
  const Event* message = At(target);
  if (message == nullptr) return {.on = false, .offset = target};
  const auto found = message->reactions.find({session, key});
  return found == message->reactions.end() ? Reaction{.on = false, .offset = target}
                                           : found->second;
}

bool Events::IsDeleted(std::uint64_t offset) const {
  const Event* event = At(offset);
  return event != nullptr && event->is_deleted;
}

const Events::Event* Events::At(std::uint64_t offset) const {
  return offset < first_ || offset >= next() ? nullptr : &events_[offset - first_];
}

Events::Event* Events::At(std::uint64_t offset) {
  return offset < first_ || offset >= next() ? nullptr : &events_[offset - first_];
}

}  // namespace fanfare::chat
