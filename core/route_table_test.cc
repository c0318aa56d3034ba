#include "core/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "core/auth/testing.h"

namespace fanfare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// What happened, in the order that it happened; reset by each test.
std::vector<std::string> events;

// The context and its options must be alive when the route is destroyed.
class RoomsRoute : public Route {
 public:
  explicit RoomsRoute(RouteContext& context)
      : context_(context), max_rooms_(context.options().Int("max_rooms", 10, {1, 100})) {
    events.push_back("made with " + std::to_string(max_rooms_));
  }
  ~RoomsRoute() override {
    events.push_back("destroyed, " + context_.options().PathOf("max_rooms"));
  }
  RoomsRoute(const RoomsRoute&) = delete;
  RoomsRoute& operator=(const RoomsRoute&) = delete;

  std::int64_t max_rooms() const { return max_rooms_; }
  const RouteContext& context() const { return context_; }
  std::shared_ptr<Channel> MakeChannel(std::string name) {
    return context_.MakeChannel(std::move(name));
  }

 private:
  RouteContext& context_;
  std::int64_t max_rooms_;
};

class PlainRoute : public Route {
 public:
  explicit PlainRoute(RouteContext&) {}
};

class ThrowingRoute : public Route {
 public:
  explicit ThrowingRoute(RouteContext&) { throw std::runtime_error("out of paint"); }
};

absl::StatusOr<std::unique_ptr<Route>> MakeNothing(RouteContext&) {
  return std::unique_ptr<Route>();
}

absl::StatusOr<std::unique_ptr<Route>> RefuseToBeMade(RouteContext& context) {
  context.options().String("token", "");
  return absl::FailedPreconditionError("needs a token");
}

// As a careful route does it, though it does not have to.
absl::StatusOr<std::unique_ptr<Route>> MakeWithFinish(RouteContext& context) {
  if (absl::Status status = context.options().Finish(); !status.ok()) return status;
  return std::make_unique<PlainRoute>(context);
}

absl::StatusOr<std::unique_ptr<Route>> MakeWithToken(RouteContext& context) {
  if (!context.options().Has("token")) context.options().Fail("token", "missing");
  context.options().String("token", "");
  return std::make_unique<PlainRoute>(context);
}

class RouteTableTest : public ::testing::Test {
 protected:
  RouteTableTest() { events.clear(); }

  // Links a route into this test's list.
  void Link(const char* name, std::initializer_list<const char*> patterns, RouteFactory factory) {
    linked_.push_back(std::make_unique<RegisterRoute>(name, patterns, factory, first_));
  }

  absl::StatusOr<RouteTable> Build(std::string_view config) {
    auto parsed = ParseConfig(config);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return RouteTable::Build(
        *parsed,
        {.make_channel =
             [](std::string_view route, const std::string& name, SlowReaders, ChannelSettings) {
               events.push_back("channel " + name + " of " + std::string(route));
               return std::shared_ptr<Channel>();
             },
         .after = nullptr},
        first_);
  }

  std::string Error(std::string_view config) {
    const auto table = Build(config);
    EXPECT_FALSE(table.ok());
    return std::string(table.status().message());
  }

  // The patterns that are served, each with the name of its route.
  static std::vector<std::string> Served(const absl::StatusOr<RouteTable>& table) {
    if (!table.ok()) return {table.status().ToString()};
    std::vector<std::string> served;
    for (const Router::Entry& entry : table->router().entries()) {
      served.push_back(entry.name + " " + entry.pattern);
    }
    return served;
  }

  static RoomsRoute* Rooms(const RouteTable& table, std::string_view path) {
    return dynamic_cast<RoomsRoute*>(table.router().Find(path).route);
  }

 private:
  std::vector<std::unique_ptr<RegisterRoute>> linked_;
  const RegisterRoute* first_ = nullptr;
};

TEST_F(RouteTableTest, ServesWhatIsLinkedAtItsOwnPatternsSortedByName) {
  Link("echo", {"/echo"}, MakeRoute<PlainRoute>);
  Link("zoo", {"/a"}, MakeRoute<PlainRoute>);
  Link("chat", {"/chat", "/chat/{room}"}, MakeRoute<RoomsRoute>);
  const auto table = Build("{}");
  EXPECT_THAT(Served(table),
              ElementsAre("chat /chat", "chat /chat/{room}", "echo /echo", "zoo /a"));
  // One route serves all its patterns.
  EXPECT_THAT(events, ElementsAre("made with 10"));
  EXPECT_EQ(Rooms(*table, "/chat"), Rooms(*table, "/chat/x"));
}

TEST_F(RouteTableTest, NothingLinkedIsServedAsNothing) {
  EXPECT_THAT(Served(Build("{}")), IsEmpty());
}

TEST_F(RouteTableTest, TheConfigurationChangesPatternsAndOptions) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  Link("echo", {"/echo"}, MakeRoute<PlainRoute>);
  const auto table = Build(R"({"routes": [
      {"route": "chat", "patterns": ["/talk", "/t/{room}"], "options": {"max_rooms": 5}}]})");
  EXPECT_THAT(Served(table), ElementsAre("echo /echo", "chat /talk", "chat /t/{room}"));
  ASSERT_NE(Rooms(*table, "/talk"), nullptr);
  EXPECT_EQ(Rooms(*table, "/talk")->max_rooms(), 5);
}

TEST_F(RouteTableTest, ARouteWithoutPatternsInTheConfigurationKeepsItsOwn) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  const auto table = Build(R"({"routes": [{"route": "chat", "options": {"max_rooms": 6}}]})");
  EXPECT_THAT(Served(table), ElementsAre("chat /chat"));
  EXPECT_EQ(Rooms(*table, "/chat")->max_rooms(), 6);
}

TEST_F(RouteTableTest, ARouteMayBeServedMoreThanOnce) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  const auto table = Build(R"({"routes": [
      {"route": "chat", "options": {"max_rooms": 1}},
      {"route": "chat", "patterns": ["/more"], "options": {"max_rooms": 2}}]})");
  EXPECT_THAT(Served(table), ElementsAre("chat /chat", "chat /more"));
  EXPECT_NE(Rooms(*table, "/chat"), Rooms(*table, "/more"));
  EXPECT_EQ(Rooms(*table, "/chat")->max_rooms(), 1);
  EXPECT_EQ(Rooms(*table, "/more")->max_rooms(), 2);
}

TEST_F(RouteTableTest, ARouteServedNowhereIsNotMade) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  EXPECT_THAT(
      Served(Build(R"({"routes": [{"route": "chat", "patterns": [], "options": {"x": 1}}]})")),
      IsEmpty());
  EXPECT_THAT(events, IsEmpty());
}

TEST_F(RouteTableTest, AnUnknownRouteIsNamedWithThoseThatAreLinked) {
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat"}]})"),
            "routes[0].route: there is no route \"chat\"; none is linked");
  Link("echo", {"/echo"}, MakeRoute<PlainRoute>);
  Link("chat", {"/chat"}, MakeRoute<PlainRoute>);
  EXPECT_EQ(Error(R"({"routes": [{"route": "echo"}, {"route": "Chat\n"}]})"),
            "routes[1].route: there is no route \"Chat\\n\"; linked are chat, echo");
}

TEST_F(RouteTableTest, TwoRoutesWithOneNameAreAnError) {
  Link("chat", {"/a"}, MakeRoute<PlainRoute>);
  Link("chat", {"/b"}, MakeRoute<PlainRoute>);
  EXPECT_EQ(Error("{}"), "two routes with the name \"chat\" are linked");
}

TEST_F(RouteTableTest, TooManyPatternsOfARouteAreAnError) {
  Link("chat", {"/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"}, MakeRoute<PlainRoute>);
  EXPECT_EQ(Error("{}"), "route \"chat\" registers more than 8 patterns");
}

TEST_F(RouteTableTest, AWrongOptionIsNamedByItsPath) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat", "options": {"max_rooms": 0}}]})"),
            "routes[0].options.max_rooms: expected a whole number from 1 to 100, got 0");
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat", "options": {"max_room": 1}}]})"),
            "routes[0].options.max_room: unknown key; did you mean \"max_rooms\"?");
}

TEST_F(RouteTableTest, AFactoryMayReturnWhatFinishSays) {
  Link("chat", {"/chat"}, MakeWithFinish);
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat", "options": {"x": 1}}]})"),
            "routes[0].options.x: unknown key; there are none here");
}

TEST_F(RouteTableTest, AMissingOptionOfARouteThatIsNotConfigured) {
  Link("chat", {"/chat"}, MakeWithToken);
  EXPECT_EQ(Error("{}"), "route \"chat\": options.token: missing");
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat"}]})"), "routes[0].options.token: missing");
  EXPECT_TRUE(Build(R"({"routes": [{"route": "chat", "options": {"token": "x"}}]})").ok());
}

TEST_F(RouteTableTest, WhatAFactoryRefusesNamesTheRoute) {
  Link("chat", {"/chat"}, RefuseToBeMade);
  EXPECT_EQ(Error("{}"), "route \"chat\": needs a token");
  EXPECT_EQ(Build("{}").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat"}]})"),
            "routes[0]: route \"chat\": needs a token");
  // The wrong option is the reason.
  EXPECT_EQ(Error(R"({"routes": [{"route": "chat", "options": {"token": 5}}]})"),
            "routes[0].options.token: expected a string, got 5");
}

TEST_F(RouteTableTest, AFactoryThatThrowsOrMakesNothingIsAnError) {
  Link("bad", {"/bad"}, MakeRoute<ThrowingRoute>);
  EXPECT_EQ(Error("{}"), "route \"bad\": out of paint");
  Link("awful", {"/bad"}, MakeNothing);
  EXPECT_EQ(Error("{}"), "route \"awful\": its factory made no route");
}

TEST_F(RouteTableTest, EqualPatternsNameBothRoutesAndThePlace) {
  Link("chat", {"/chat/{room}"}, MakeRoute<PlainRoute>);
  Link("echo", {"/echo"}, MakeRoute<PlainRoute>);
  EXPECT_EQ(
      Error(R"({"routes": [{"route": "echo", "patterns": ["/x", "/chat/{name}"]}]})"),
      "routes[0].patterns[1]: pattern \"/chat/{name}\" of route \"echo\" matches the same paths "
      "as \"/chat/{room}\" of route \"chat\"");
  EXPECT_THAT(Error(R"({"routes": [{"route": "echo"}, {"route": "echo"}]})"),
              StartsWith("routes[1]: pattern \"/echo\" of route \"echo\" matches"));
  EXPECT_THAT(Error(R"({"routes": [{"route": "echo", "patterns": ["/{"]}]})"),
              StartsWith("routes[0].patterns[0]: pattern \"/{\" of route \"echo\": "));

  Link("talk", {"/chat/{x}"}, MakeRoute<PlainRoute>);
  EXPECT_THAT(Error("{}"), StartsWith("pattern \"/chat/{x}\" of route \"talk\" matches"));
}

TEST_F(RouteTableTest, RoutesMakeChannelsForAsLongAsTheyLive) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  {
    auto built = Build("{}");
    ASSERT_TRUE(built.ok()) << built.status();
    // Nothing that a route holds moves with the table.
    const RouteTable table = *std::move(built);
    Rooms(table, "/chat")->MakeChannel("lobby");
  }
  EXPECT_THAT(events, ElementsAre("made with 10", "channel lobby of chat",
                                  HasSubstr("destroyed, route \"chat\": options.max_rooms")));
}

TEST_F(RouteTableTest, RoutesKnowTheirPatterns) {
  Link("chat", {"/chat", "/chat/{room}"}, MakeRoute<RoomsRoute>);
  EXPECT_THAT(Rooms(*Build("{}"), "/chat")->context().patterns(),
              ElementsAre("/chat", "/chat/{room}"));
  const auto table = Build(R"({"routes": [{"route": "chat", "patterns": ["/talk"]}]})");
  EXPECT_THAT(Rooms(*table, "/talk")->context().patterns(), ElementsAre("/talk"));
}

TEST_F(RouteTableTest, RoutesKnowWhetherOthersCanReachThem) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  const auto is_loopback_only = [this](std::string_view config) {
    return Rooms(*Build(config), "/chat")->context().is_loopback_only();
  };
  EXPECT_TRUE(is_loopback_only("{}"));
  EXPECT_TRUE(is_loopback_only(R"({"listen": ["127.0.0.1:0", "[::1]:0"]})"));
  EXPECT_FALSE(is_loopback_only(R"({"listen": ["127.0.0.1:0", "*:0"]})"));
}

TEST_F(RouteTableTest, WhatWasMadeIsDestroyedAfterAnError) {
  Link("chat", {"/chat"}, MakeRoute<RoomsRoute>);
  Link("refuses", {"/refuses"}, RefuseToBeMade);
  EXPECT_FALSE(Build("{}").ok());
  EXPECT_THAT(events, ElementsAre("made with 10", StartsWith("destroyed")));
}

TEST_F(RouteTableTest, KeysAreReadForAllPatternsOfARoute) {
  Link("chat", {"/chat", "/chat/{room}"}, MakeRoute<PlainRoute>);
  Link("page", {"/page"}, MakeRoute<PlainRoute>);
  const std::string file = testing::WriteTestFile("key", testing::kSecret);
  const auto table = Build(
      R"({"routes": [{"route": "chat", "auth": {"jwt": {"algorithm": "HS256", "key_file": ")" +
      file + R"("}}}]})");
  ASSERT_TRUE(table.ok()) << table.status();
  const Router& router = table->router();
  const Router::Match match = router.Find("/chat");
  EXPECT_NE(match.authenticator, nullptr);
  EXPECT_EQ(router.Find("/chat/tea").authenticator, match.authenticator);
  EXPECT_EQ(table->AuthenticatorOf(*match.route), match.authenticator);
  EXPECT_EQ(router.Find("/page").authenticator, nullptr);
}

TEST_F(RouteTableTest, KeysThatCanNotBeReadAreNamedByTheirPath) {
  Link("chat", {"/chat"}, MakeRoute<PlainRoute>);
  EXPECT_THAT(Error(R"({"routes": [{"route": "chat", "auth": {"jwt": {"algorithm": "HS256",
               "key_file": "/nowhere/key"}}}]})"),
              StartsWith("routes[0].auth.jwt.key_file: \"/nowhere/key\": can not open it"));
}

}  // namespace
}  // namespace fanfare
