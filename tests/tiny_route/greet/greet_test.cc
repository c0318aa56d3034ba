#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/route.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using testing::FakeSession;
using Texts = std::vector<std::string>;

// Opens a session as if it had come by /greet/NAME.
std::unique_ptr<Handler> Open(Route& route, FakeSession& session, const std::string& name) {
  session.mutable_request().params = {{"name", name}};
  auto handler = route.Open(session);
  return handler.ok() ? *std::move(handler) : nullptr;
}

TEST(GreetTest, EverybodyIsGreetedAndHearsWhatIsSaid) {
  testing::FakeRouteContext context;
  const auto greet = testing::MakeLinkedRoute("greet", context);
  testing::FakeShard shard;
  FakeSession ada(shard);
  FakeSession bob(shard);
  const auto of_ada = Open(*greet, ada, "Ada");
  const auto of_bob = Open(*greet, bob, "Bob");
  of_ada->OnMessage({.type = MessageType::kText, .payload = "teste"});
  EXPECT_EQ(ada.Texts(), (Texts{"Hello, Ada!", "Ada: teste"}));
  EXPECT_EQ(bob.Texts(), (Texts{"Hello, Bob!", "Ada: teste"}));
}

TEST(GreetTest, ANameThatIsTooLongIsRefused) {
  testing::FakeRouteContext context;
  const auto greet = testing::MakeLinkedRoute("greet", context);
  testing::FakeShard shard;
  FakeSession session(shard);
  EXPECT_EQ(Open(*greet, session, std::string(101, 'x')), nullptr);
}

TEST(GreetTest, PlainHttpIsAnsweredWithTheGreetingOfTheOptions) {
  testing::FakeRouteContext context(nlohmann::json{{"greeting", "Good morning"}});
  const auto greet = testing::MakeLinkedRoute("greet", context);
  Request request;
  request.params = {{"name", "Ada"}};
  EXPECT_EQ(greet->Answer(request).body, "Good morning, Ada!\n");
}

}  // namespace
}  // namespace fanfare
