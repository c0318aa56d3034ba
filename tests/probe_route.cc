#include "tests/probe_route.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace fanfare::testing {
namespace {

// The channel of the running server's probe.
std::weak_ptr<Channel> probed;

// The sessions that were opened, by any shard.
class Handles {
 public:
  void Add(std::shared_ptr<SessionHandle> handle) {
    const std::lock_guard lock(mutex_);
    handles_.push_back(std::move(handle));
  }
  void SendToAll(const std::string& text) {
    const std::lock_guard lock(mutex_);
    for (const auto& handle : handles_) handle->Send(MessageType::kText, text);
  }
  void CloseAll() {
    const std::lock_guard lock(mutex_);
    for (const auto& handle : handles_) handle->Close(CloseCode::kNormal, "all of you");
  }

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<SessionHandle>> handles_;
};

class ProbeHandler final : public Handler {
 public:
  ProbeHandler(RouteContext& context, Channel& channel, Handles& handles, Session& session)
      : context_(context),
        channel_(channel),
        handles_(handles),
        session_(session),
        subscription_(session.Subscribe(channel)) {
    handles_.Add(session.handle());
  }

  void OnMessage(Message message) override {
    std::istringstream words{std::string(message.payload)};
    std::string what;
    std::size_t count = 0;
    std::size_t bytes = 0;
    words >> what >> count >> bytes;
    if (what == "close") return session_.Close(CloseCode::kNormal, "as you wish");
    if (what == "tell") return handles_.SendToAll("told");
    if (what == "close-all") return handles_.CloseAll();
    if (what == "later") {
      return context_.After(std::chrono::milliseconds(count),
                            [&handles = handles_] { handles.SendToAll("later"); });
    }
    if (what != "burst" && what != "send") {
      channel_.Publish(message);
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::string text = BurstMessage(i, bytes);
      if (what == "burst") {
        channel_.Publish({MessageType::kText, text});
      } else {
        session_.Send({MessageType::kText, text});
      }
    }
  }

 private:
  RouteContext& context_;
  Channel& channel_;
  Handles& handles_;
  Session& session_;
  Subscription subscription_;
};

class Probe final : public Route {
 public:
  explicit Probe(RouteContext& context)
      : context_(context), channel_(context.MakeChannel("probe")) {
    probed = channel_;
  }

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    return std::make_unique<ProbeHandler>(context_, *channel_, handles_, session);
  }

 private:
  RouteContext& context_;
  Handles handles_;
  std::shared_ptr<Channel> channel_;
};

}  // namespace

const RegisterRoute* ProbeRoute() {
  static const RegisterRoute* list = nullptr;
  static const RegisterRoute kRoute("probe", {"/probe"}, MakeRoute<Probe>, list);
  return list;
}

std::size_t ProbeMemory() {
  const std::shared_ptr<Channel> channel = probed.lock();
  return channel == nullptr ? 0 : channel->log_memory();
}

std::string BurstMessage(std::size_t number, std::size_t bytes) {
  std::string text = "#" + std::to_string(number) + " ";
  if (text.size() < bytes) text.append(bytes - text.size(), static_cast<char>('a' + number % 26));
  return text;
}

}  // namespace fanfare::testing
