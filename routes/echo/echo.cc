// The smallest route, and the template for a new one: what comes in goes back.

#include <memory>

#include "core/route.h"

namespace fanfare {
namespace {

// One session's part: made when the session opens, destroyed when it ends.
class EchoHandler final : public Handler {
 public:
  explicit EchoHandler(Session& session) : session_(session) {}

  // Text goes back as text, binary as binary.
  void OnMessage(Message message) override { session_.Send(message); }

 private:
  Session& session_;
};

// Made once, when the server starts; every session of the path is opened here.
class EchoRoute final : public Route {
 public:
  // A route with options reads them from the context: context.options().Int("limit", 10, {1, 100}).
  explicit EchoRoute(RouteContext&) {}

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    return std::make_unique<EchoHandler>(session);
  }
};

const RegisterRoute kEcho("echo", {"/echo"}, MakeRoute<EchoRoute>);

}  // namespace
}  // namespace fanfare
