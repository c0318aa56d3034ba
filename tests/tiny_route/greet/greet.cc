// Greets who comes, and tells everybody what each of them says.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/route.h"

namespace fanfare {
namespace {

// One session's part: made when the session opens, destroyed when it ends.
class GreetHandler final : public Handler {
 public:
  GreetHandler(std::string name, Channel& everybody, Session& session)
      : name_(std::move(name)),
        everybody_(everybody),
        subscription_(session.Subscribe(everybody)) {}

  // To everybody who is subscribed, this session included.
  void OnMessage(Message message) override {
    const std::string line = name_ + ": " + std::string(message.payload);
    everybody_.Publish({.type = message.type, .payload = line});
  }

 private:
  const std::string name_;
  Channel& everybody_;
  // The session is sent what is published for as long as this lives.
  const Subscription subscription_;
};

// Made once, when the server starts; every session of the path is opened here.
class GreetRoute final : public Route {
 public:
  explicit GreetRoute(RouteContext& context)
      : greeting_(context.options().String("greeting", "Hello")),
        everybody_(context.MakeChannel("greet")) {}

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    // What {name} in the pattern stands for, decoded.
    const std::string name(session.request().Param("name"));
    if (name.size() > 100) return absl::InvalidArgumentError("a name has at most 100 bytes");
    // To this session alone.
    const std::string line = GreetingOf(name);
    session.Send({.type = MessageType::kText, .payload = line});
    return std::make_unique<GreetHandler>(name, *everybody_, session);
  }

  std::vector<std::string> http_methods() const override { return {"GET"}; }

  Response Answer(const Request& request) override {
    return {.body = GreetingOf(std::string(request.Param("name"))) + "\n"};
  }

 private:
  std::string GreetingOf(const std::string& name) const { return greeting_ + ", " + name + "!"; }

  const std::string greeting_;
  // Sessions on every shard are subscribed to it, and it outlives them.
  const std::shared_ptr<Channel> everybody_;
};

const RegisterRoute kGreet("greet", {"/greet/{name}"}, MakeRoute<GreetRoute>);

}  // namespace
}  // namespace fanfare
