#include "tests/probe_route.h"

#include <memory>
#include <sstream>
#include <string>

namespace fanfare::testing {
namespace {

// The channel of the running server's probe.
std::weak_ptr<Channel> probed;

class ProbeHandler final : public Handler {
 public:
  ProbeHandler(Channel& channel, Session& session)
      : channel_(channel), session_(session), subscription_(session.Subscribe(channel)) {}

  void OnMessage(Message message) override {
    std::istringstream words{std::string(message.payload)};
    std::string what;
    std::size_t count = 0;
    std::size_t bytes = 0;
    words >> what >> count >> bytes;
    if (what == "close") return session_.Close(CloseCode::kNormal, "as you wish");
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
  Channel& channel_;
  Session& session_;
  Subscription subscription_;
};

class Probe final : public Route {
 public:
  explicit Probe(RouteContext& context) : channel_(context.MakeChannel("probe")) {
    probed = channel_;
  }

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    return std::make_unique<ProbeHandler>(*channel_, session);
  }

 private:
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
