// Sessions of the protocol on a fake shard: what becomes of who ends, and of what is said twice.
#include "routes/chat/json_handler.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "routes/chat/json_peer.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

constexpr auto kGrace = kTestGrace;

TEST_F(JsonHandlerTest, ACleanEndIsALeaveAtOnce) {
  for (const CloseCode code : {CloseCode::kNormal, CloseCode::kNoStatus}) {
    Peer ada = Come();
    ada.Join();
    EXPECT_EQ(Members(), 1U);
    ada.Close(code);
    EXPECT_EQ(Members(), 0U);
  }
}

TEST_F(JsonHandlerTest, WhoSendsTooFastIsTold) {
  Peer ada = Come();
  ada.handler().OnSendsTooFast("limits.bytes_per_second", std::chrono::milliseconds(4999));
  EXPECT_EQ(ada.Told(), (json{{"type", "error"},
                              {"code", "too_fast"},
                              {"message",
                               "this session sends more than limits.bytes_per_second lets it; if "
                               "it goes on, it ends in 4999 ms"}}));
  EXPECT_EQ(ada.Join()["type"], "joined");
}

TEST_F(JsonHandlerTest, AnyOtherEndIsCountedForAWhile) {
  for (const CloseCode code : {CloseCode::kGoingAway, CloseCode::kProtocolError, CloseCode{4000}}) {
    Peer ada = Come();
    ada.Join();
    ada.Close(code);
    EXPECT_EQ(Members(), 1U);
    context_.Advance(kGrace);
    EXPECT_EQ(Members(), 0U);
  }
  Peer ada = Come();
  ada.Join();
  ada.Cut();
  EXPECT_EQ(Members(), 1U);
  context_.Advance(kGrace);
  EXPECT_EQ(Members(), 0U);
}

TEST_F(JsonHandlerTest, WhoIsClosedByTheServerIsLost) {
  Peer ada = Come();
  ada.Join();
  ada.session().Close(CloseCode::kTryAgainLater, "");
  ada.Close(CloseCode::kNormal);
  EXPECT_EQ(Members(), 1U);
}

TEST_F(JsonHandlerTest, ACleanEndOfAConnectionThatWasReplacedIsNoLeave) {
  Peer ada = Come();
  ada.Join();
  Peer back = Come();
  EXPECT_EQ(back.Resume(ada)["type"], "ack");
  back.Join();
  EXPECT_EQ(ada.session().closed()->code, kTakenOver);
  ada.Close(CloseCode::kNormal);
  context_.Advance(2 * kGrace);
  EXPECT_EQ(Members(), 1U);
}

TEST_F(JsonHandlerTest, AfterACleanEndTheIdentityCanBeTakenUpStill) {
  Peer ada = Come();
  ada.Join();
  EXPECT_EQ(ada.Publish("1")["offset"], 1);
  ada.Close(CloseCode::kNormal);
  Peer back = Come();
  EXPECT_EQ(back.Resume(ada)["type"], "ack");
  back.Join();
  const json again = back.Publish("1");
  EXPECT_EQ(again["offset"], 1);
  EXPECT_EQ(again["duplicate"], true);
}

TEST_F(JsonHandlerTest, AnIdIsKnownInItsRoom) {
  Peer ada = Come();
  ada.Join();
  ada.Ask({{"type", "join"}, {"room", "other"}});
  ada.Publish("1");
  EXPECT_EQ(ada.Publish("1", "other").contains("duplicate"), false);
  EXPECT_EQ(ada.Publish("1")["duplicate"], true);
}

TEST_F(JsonHandlerTest, RoomsThatWereJoinedKeepFromResuming) {
  Peer ada = Come();
  Peer grace = Come();
  grace.Join();
  EXPECT_EQ(grace.Resume(ada)["code"], "cannot_resume");
  EXPECT_FALSE(ada.session().closed());
}

TEST_F(JsonHandlerTest, ABinaryMessageEndsTheSession) {
  Peer ada = Come();
  ada.handler().OnMessage({.type = MessageType::kBinary, .payload = "{}"});
  ASSERT_TRUE(ada.session().closed());
  EXPECT_EQ(ada.session().closed()->code, CloseCode::kUnsupportedData);
}

TEST_F(JsonHandlerTest, AJoinOfThePathIsLikeAnother) {
  Peer ada = Come();
  ada.handler().JoinAtOnce("room", "Ada", "5");
  EXPECT_EQ(Members(), 1U);
  Peer grace = Come();
  for (const char* history : {"x", "-1", "05", "101", "9999999999"}) {
    grace.handler().JoinAtOnce("room", "", history);
  }
  grace.handler().JoinAtOnce("no room", "", "");
  EXPECT_EQ(Members(), 1U);
  EXPECT_FALSE(grace.session().closed());
  EXPECT_EQ(grace.session().Texts().size(), 7U);
}

}  // namespace
}  // namespace fanfare::chat
