// What operators do to sessions and to the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/logging.h"
#include "tests/admin_client.h"
#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class SteeringTest : public ::testing::Test {
 protected:
  // "/sessions/7" of a client.
  std::string PathOf(const Endpoint& client) {
    const json page = admin_.Json("/sessions?peer=" + ToString(client));
    return "/sessions/" + page["sessions"].at(0)["id"].dump();
  }
  std::string ErrorOf(const HttpReply& reply, unsigned status = 400) {
    EXPECT_EQ(reply.status, status) << reply.body;
    return json::parse(reply.body)["error"];
  }

  TestServer server_;
  AdminClient admin_{*server_.operator->()};
};

TEST_F(SteeringTest, ASessionIsClosedByItsNumber) {
  Client ada(server_.endpoint(), "/chat");
  Client bob(server_.endpoint(), "/chat");
  const std::string path = PathOf(ada.local_endpoint());
  const HttpReply reply = admin_.Send(path + "/close", R"({"code": 4321, "reason": "enough"})");
  EXPECT_EQ(reply.status, 200U) << reply.body;
  EXPECT_EQ(json::parse(reply.body)["state"], "closing");
  const CloseReason reason = ada.ReceiveClose();
  EXPECT_EQ(reason.code, 4321);
  EXPECT_EQ(reason.reason, "enough");
  EXPECT_TRUE(WaitUntil([&] { return admin_.Get(path).status == 404; }));
  EXPECT_EQ(ErrorOf(admin_.Send(path + "/close", "{}"), 404),
            "there is no session " + path.substr(10));
  EXPECT_EQ(admin_.Send(path + "/message", R"({"text": "?"})").status, 404U);
  // The other one is still there, and both may be absent.
  EXPECT_EQ(admin_.Send(PathOf(bob.local_endpoint()) + "/close", "{}").status, 200U);
  EXPECT_EQ(bob.ReceiveClose().code, 1000);
}

TEST_F(SteeringTest, ASessionThatIsClosingIsLeftToIt) {
  // It answers no close frame.
  RawClient silent = RawClient::Open(server_.endpoint(), "/chat");
  const std::string path = PathOf(silent.socket().local_endpoint());
  EXPECT_EQ(admin_.Send(path + "/close", R"({"code": 1001})").status, 200U);
  EXPECT_EQ(admin_.Json(path)["state"], "closing");
  EXPECT_THAT(ErrorOf(admin_.Send(path + "/close", "{}"), 409), HasSubstr("closing already"));
  EXPECT_EQ(admin_.Send(path + "/message", R"({"text": "late"})").status, 409U);
  EXPECT_EQ(silent.ReadFrame().close_code(), 1001);
}

TEST_F(SteeringTest, AMessageGoesToOneSessionAlone) {
  Client ada(server_.endpoint(), "/chat");
  Client bob(server_.endpoint(), "/chat");
  EXPECT_EQ(admin_.Send(PathOf(ada.local_endpoint()) + "/message", R"({"text": "psst é"})").status,
            200U);
  EXPECT_EQ(ada.ReceiveText(), "psst é");
  ada.SendText("for all");
  EXPECT_EQ(bob.ReceiveText(), "for all");
}

TEST_F(SteeringTest, OnAnEventStreamAMessageIsAnEvent) {
  RawClient stream(server_.endpoint());
  stream.Write("GET /chat/tea/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stream.ReadUntil("id: ");
  const std::string path = PathOf(stream.socket().local_endpoint());
  EXPECT_EQ(admin_.Json(path)["protocol"], "event_stream");
  EXPECT_EQ(admin_.Send(path + "/message", R"({"text": "one\r\ntwo\nid: 3\rfour"})").status, 200U);
  stream.ReadUntil("data: one\ndata: two\ndata: id: 3\ndata: four\n\n");
  EXPECT_EQ(admin_.Send(path + "/close", "{}").status, 200U);
  stream.ReadToEnd();
}

TEST_F(SteeringTest, WhatIsWrongWithARequestIsNamed) {
  Client ada(server_.endpoint(), "/chat");
  const std::string path = PathOf(ada.local_endpoint());
  const auto close = [&](const char* body) { return ErrorOf(admin_.Send(path + "/close", body)); };
  EXPECT_THAT(close("{"), HasSubstr("line 1"));
  EXPECT_THAT(close(""), HasSubstr("line 1"));
  EXPECT_THAT(close("[]"), HasSubstr("the body: expected a JSON object"));
  EXPECT_THAT(close(R"({"code": "1000"})"), HasSubstr("code: expected a whole number"));
  EXPECT_THAT(close(R"({"code": 999})"), HasSubstr("code: "));
  EXPECT_THAT(close(R"({"code": 5000})"), HasSubstr("code: "));
  EXPECT_THAT(close(R"({"reasons": ""})"), HasSubstr("reasons: unknown key"));
  for (const char* code : {"1004", "1005", "1006", "1015", "1016", "2999"}) {
    EXPECT_THAT(close((std::string(R"({"code": )") + code + "}").c_str()),
                HasSubstr("code: no server may send this one"))
        << code;
  }
  const json long_reason = {{"reason", std::string(124, 'x')}};
  EXPECT_THAT(close(long_reason.dump().c_str()), HasSubstr("reason: longer than 123 bytes"));
  EXPECT_THAT(ErrorOf(admin_.Send(path + "/message", "{}")), HasSubstr("text: missing"));
  EXPECT_THAT(ErrorOf(admin_.Send(path + "/message", R"({"text": 1})")), HasSubstr("text: "));
  EXPECT_THAT(ErrorOf(admin_.Send("/sessions/x/close", "{}")), HasSubstr("id: expected"));
  // Nothing of this has reached it.
  ada.SendText("still here");
  EXPECT_EQ(ada.ReceiveText(), "still here");
}

TEST_F(SteeringTest, PagesOfOtherSitesCanNotSteer) {
  Client ada(server_.endpoint(), "/chat");
  const std::string path = PathOf(ada.local_endpoint()) + "/close";
  const std::string type = "Content-Type: application/json\r\n";
  EXPECT_EQ(admin_.Send(path, "{}", type + "Origin: https://other.example\r\n").status, 403U);
  EXPECT_EQ(admin_.Send(path, "{}", type + "Sec-Fetch-Site: cross-site\r\n").status, 403U);
  EXPECT_EQ(admin_.Send(path, "{}", "Content-Type: text/plain\r\n").status, 415U);
  EXPECT_EQ(admin_.Send(path, "{}", "").status, 415U);
  EXPECT_EQ(admin_.Send("/log_level", R"({"level": "error"})", "", "PUT").status, 415U);
  ada.SendText("still here");
  EXPECT_EQ(ada.ReceiveText(), "still here");
  EXPECT_EQ(admin_.Send(path, "{}", type + "Origin: http://localhost\r\n").status, 200U);
}

TEST_F(SteeringTest, TheLogLevelIsSet) {
  const auto put = [&](const std::string& body) {
    return admin_.Send("/log_level", body, "Content-Type: application/json\r\n", "PUT");
  };
  const std::string before = admin_.Json("/log_level")["level"];
  EXPECT_EQ(before, "warn") << "see TestServer";
  const HttpReply reply = put(R"({"level": "error"})");
  EXPECT_EQ(reply.body, "{\"level\":\"error\"}\n");
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
  EXPECT_EQ(admin_.Json("/log_level")["level"], "error");
  EXPECT_THAT(ErrorOf(put(R"({"level": "loud"})")), HasSubstr("level: expected"));
  EXPECT_THAT(ErrorOf(put("{}")), HasSubstr("level: missing"));
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
  EXPECT_EQ(put(R"({"level": "warn"})").status, 200U);
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kWarn);
}

// Whoever is looked at may go at any moment, and may be closed twice at once.
TEST_F(SteeringTest, SessionsComeAndGoMeanwhile) {
  constexpr int kClients = 4;
  constexpr int kRounds = 25;
  std::atomic<int> left{kClients};
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        RawClient client = RawClient::Open(server_.endpoint(), i % 2 == 0 ? "/chat" : "/echo");
        for (int n = 0; n < 3; ++n) client.WriteIfOpen(TextFrame("hello"));
        if (round % 2 == 0) client.socket().Reset();
      }
      --left;
    });
  }
  std::uint64_t closed = 0;
  std::uint64_t gone = 0;
  while (left > 0) {
    const json page = admin_.Json("/sessions?limit=5&sort=newest");
    for (const json& session : page["sessions"]) {
      const std::string path = "/sessions/" + session["id"].dump();
      admin_.Send(path + "/message", R"({"text": "hello"})");
      const unsigned status = admin_.Send(path + "/close", "{}").status;
      (status == 200 ? closed : gone) += 1;
      EXPECT_TRUE(status == 200 || status == 404 || status == 409 || status == 503) << status;
    }
    admin_.Json("/rooms");
    admin_.Json("/sessions?sort=lag&after=");
    EXPECT_GE(page["total"], page["sessions"].size());
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(server_.WaitForSessions(0));
  EXPECT_EQ(admin_.Json("/sessions")["total"], 0);
  EXPECT_GT(closed + gone, 0U);
}

}  // namespace
}  // namespace fanfare::testing
