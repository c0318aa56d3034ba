#include "routes/chat/identities.h"

#include <algorithm>
#include <utility>

#include "routes/chat/secrets.h"

namespace fanfare::chat {
namespace {

// Memory is given back in portions of this part of the time that things are remembered.
constexpr int kTicks = 8;

}  // namespace

Identities::Identities(RouteContext& context, std::chrono::seconds memory)
    : context_(context), tick_time_(std::chrono::milliseconds(memory) / kTicks) {}

std::shared_ptr<Identity> Identities::Begin(std::shared_ptr<SessionHandle> connection,
                                            const std::string& user) {
  std::shared_ptr<Identity> identity(new Identity{.session = MakeSecret(),
                                                  .token = MakeSecret(),
                                                  .user = user,
                                                  .publishing = {},
                                                  .publishes = {}});
  const std::lock_guard lock(mutex_);
  entries_.try_emplace(identity->session,
                       Entry{.identity = identity, .connection = std::move(connection)});
  return identity;
}

std::shared_ptr<Identity> Identities::Resume(const std::string& session, std::string_view token,
                                             std::shared_ptr<SessionHandle> connection,
                                             const std::string& user) {
  std::shared_ptr<SessionHandle> before;
  std::shared_ptr<Identity> identity;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(session);
    if (found == entries_.end() || !IsSameSecret(found->second.identity->token, token) ||
        found->second.identity->user != user) {
      return nullptr;
    }
    identity = found->second.identity;
    before = std::exchange(found->second.connection, connection);
  }
  if (before != nullptr && before != connection) {
    before->Close(kTakenOver, "the session was resumed by another connection");
  }
  return identity;
}

void Identities::End(const Identity& identity, const SessionHandle& connection) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(identity.session);
  if (found == entries_.end() || found->second.connection.get() != &connection) return;
  Entry& entry = found->second;
  // First: what is not here would never be forgotten.
  ended_.push_back({.session = identity.session, .ends = entry.ends + 1, .tick = ticks_});
  ++entry.ends;
  entry.connection = nullptr;
  if (ended_.size() > kMaxWithoutConnection) ForgetOldest();
  if (!ticking_) ScheduleTick();
}

void Identities::Forget(const Identity& identity, const SessionHandle& connection) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(identity.session);
  if (found == entries_.end() || found->second.connection.get() != &connection) return;
  entries_.erase(found);
}

bool Identities::Send(const std::string& session, std::string text) const {
  std::shared_ptr<SessionHandle> connection;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(session);
    if (found != entries_.end()) connection = found->second.connection;
  }
  if (connection == nullptr) return false;
  connection->Send(MessageType::kText, std::move(text));
  return true;
}

std::size_t Identities::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Identities::ForgetOldest() {
  const Ended& oldest = ended_.front();
  const auto found = entries_.find(oldest.session);
  const bool was_resumed = found == entries_.end() || found->second.connection != nullptr ||
                           found->second.ends != oldest.ends;
  if (!was_resumed) entries_.erase(found);
  ended_.pop_front();
}

void Identities::ScheduleTick() {
  context_.After(tick_time_, [this] { Tick(); });
  ticking_ = true;
}

void Identities::Tick() {
  const std::lock_guard lock(mutex_);
  ++ticks_;
  ticking_ = false;
  // The first tick after an end comes early.
  while (!ended_.empty() && ticks_ - ended_.front().tick > kTicks) ForgetOldest();
  if (!ended_.empty()) ScheduleTick();
}

}  // namespace fanfare::chat
