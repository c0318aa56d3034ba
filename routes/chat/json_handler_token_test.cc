// Sessions of the protocol with a token: what it lets them do, and how it is renewed.
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "routes/chat/json_peer.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

class TokenTest : public JsonHandlerTest {
 protected:
  // Somebody with a token: these rooms may be joined, and these published to.
  static fanfare::Identity Of(const std::string& user, const std::vector<std::string>& join,
                              const std::vector<std::string>& publish) {
    return {.user = user,
            .expires_at = std::chrono::system_clock::now() + std::chrono::seconds(1000),
            .permissions = {.join = *RoomPatterns::Make(join),
                            .publish = *RoomPatterns::Make(publish),
                            .list = {}}};
  }
  Peer Come(const fanfare::Identity& identity) { return {shard_, rooms_, identities_, identity}; }
};

TEST_F(TokenTest, TheWelcomeTellsForHowLongTheTokenHolds) {
  EXPECT_FALSE(JsonHandlerTest::Come().welcome().contains("expires_in"));
  const json welcome = Come(Of("ada", {"*"}, {"*"})).welcome();
  EXPECT_GT(welcome["expires_in"], 900);
  EXPECT_LE(welcome["expires_in"], 1000);
}

TEST_F(TokenTest, RoomsThatMayNotBeJoined) {
  Peer ada = Come(Of("ada", {"room"}, {"*"}));
  const json refused = ada.Join("other");
  EXPECT_EQ(refused["code"], "forbidden");
  EXPECT_EQ(refused["room"], "other");
  EXPECT_EQ(ada.Join()["type"], "joined");
  EXPECT_FALSE(rooms_.EnterExisting("other").has_value());
}

TEST_F(TokenTest, RoomsThatMayNotBePublishedTo) {
  Peer ada = Come(Of("ada", {"*"}, {"other"}));
  ada.Join();
  for (json request :
       {json{{"type", "publish"}, {"text", "x"}},
        json{{"type", "edit"}, {"target", 1}, {"text", "x"}},
        json{{"type", "delete"}, {"target", 1}},
        json{{"type", "react"}, {"target", 1}, {"key", "+"}}, json{{"type", "typing"}}}) {
    request["id"] = "1";
    request["room"] = "room";
    const json refused = ada.Ask(request);
    EXPECT_EQ(refused["code"], "forbidden") << request;
    EXPECT_EQ(refused["room"], "room");
  }
  EXPECT_EQ(ada.Ask({{"type", "history"}, {"room", "room"}})["type"], "events");
  EXPECT_EQ(ada.Ask({{"type", "members"}, {"room", "room"}})["type"], "members");
}

TEST_F(TokenTest, DirectMessagesAreForThoseWhoMayPublish) {
  Peer grace = Come(Of("grace", {"*"}, {"*"}));
  grace.Join();
  const json by_name = {{"type", "direct"},
                        {"id", "1"},
                        {"to", {{"name", "grace"}, {"room", "room"}}},
                        {"text", "x"}};
  const json by_session = {{"type", "direct"},
                           {"id", "1"},
                           {"to", {{"session", grace.welcome()["session"]}}},
                           {"text", "x"}};
  Peer ada = Come(Of("ada", {"*"}, {"other"}));
  ada.Join();
  EXPECT_EQ(ada.Ask(by_name)["code"], "forbidden");
  EXPECT_EQ(ada.Ask(by_session)["code"], "forbidden");
  ada.Join("other");
  EXPECT_EQ(ada.Ask(by_session)["type"], "ack");
  EXPECT_EQ(ada.Ask(by_name)["code"], "forbidden");
  EXPECT_EQ(grace.Told()["from"]["name"], "ada");
}

TEST_F(TokenTest, TheNameIsTheTokens) {
  Peer ada = Come(Of("ada", {"*"}, {"*"}));
  const json joined = ada.Ask({{"type", "join"}, {"room", "room"}, {"name", "Grace"}});
  EXPECT_EQ(joined["presence"]["members"][0]["name"], "ada");
}

TEST_F(TokenTest, AnIdentityIsItsUsers) {
  Peer ada = Come(Of("ada", {"*"}, {"*"}));
  Peer grace = Come(Of("grace", {"*"}, {"*"}));
  EXPECT_EQ(grace.Resume(ada)["code"], "cannot_resume");
  EXPECT_FALSE(ada.session().closed());
  Peer again = Come(Of("ada", {"*"}, {"*"}));
  EXPECT_EQ(again.Resume(ada)["type"], "ack");
}

TEST_F(TokenTest, ATokenIsRenewed) {
  Peer ada = Come(Of("ada", {"*"}, {"*"}));
  ada.Join();
  ada.Join("other");
  ada.handler().OnTokenExpiring(std::chrono::milliseconds(29'999));
  EXPECT_EQ(ada.Told(), (json{{"type", "token_expiring"}, {"expires_in", 29}}));
  ada.session().set_renewal("a.b.c", Of("ada", {"other"}, {}));
  const json refused = ada.Ask({{"type", "renew"}, {"id", "1"}, {"token", "x"}});
  EXPECT_EQ(refused["code"], "unauthorized");
  const json renewed = ada.Ask({{"type", "renew"}, {"id", "2"}, {"token", "a.b.c"}});
  EXPECT_EQ(renewed["type"], "renewed");
  EXPECT_EQ(renewed["id"], "2");
  EXPECT_GT(renewed["expires_in"], 900);
  // What it does not let it do any more.
  const json left = ada.Told();
  EXPECT_EQ(left["code"], "forbidden");
  EXPECT_EQ(left["room"], "room");
  EXPECT_EQ(Members(), 0U);
  EXPECT_EQ(ada.Publish("3", "room")["code"], "not_joined");
  EXPECT_EQ(ada.Publish("3", "other")["code"], "forbidden");
}

TEST_F(TokenTest, WithoutOneThereIsNothingToRenew) {
  Peer ada = JsonHandlerTest::Come();
  EXPECT_EQ(ada.Ask({{"type", "renew"}, {"token", "a.b.c"}})["code"], "unauthorized");
}

}  // namespace
}  // namespace fanfare::chat
