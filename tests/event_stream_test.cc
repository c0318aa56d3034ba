// Answers that do not end: text/event-stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

constexpr char kGet[] = "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n";

// What is posted to it goes to all who stream it.
class Feed final : public Route {
 public:
  explicit Feed(RouteContext& context)
      : channel_(context.MakeChannel("feed", {.format = Format::kEventStream})) {}

  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return {"GET", "POST"}; }

  Response Answer(const Request& request) override {
    if (request.method == "POST") {
      channel_->Publish({.payload = "data: " + request.body + "\n\n"});
      return {.status = 204};
    }
    return {.content_type = "text/event-stream",
            .body = "retry: 100\n\n",
            .open_stream = [this](Session& session) { return Open(session); }};
  }

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    if (session.request().Query("refuse") == "yes") return absl::InvalidArgumentError("no");
    session.Send({.payload = "data: welcome\n\n"});
    return std::make_unique<Listener>(session, *channel_);
  }

 private:
  class Listener final : public Handler {
   public:
    Listener(Session& session, Channel& channel) : subscription_(session.Subscribe(channel)) {}
    void OnMessage(Message) override {}

   private:
    Subscription subscription_;
  };

  std::shared_ptr<Channel> channel_;
};

const RegisterRoute* FeedRoute() {
  static const RegisterRoute* list = nullptr;
  static const RegisterRoute kRoute("feed", {"/feed"}, MakeRoute<Feed>, list);
  return list;
}

class EventStreamTest : public ::testing::Test {
 protected:
  explicit EventStreamTest(const Limits& limits = {})
      : server_(LocalConfig(limits), {.routes = FeedRoute()}) {}

  void Post(const std::string& text) {
    RawClient client(server_.endpoint());
    client.Write("POST /feed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
                 std::to_string(text.size()) + "\r\n\r\n" + text);
    EXPECT_TRUE(client.ReadToEnd().starts_with("HTTP/1.1 204 "));
  }

  TestServer server_;
};

TEST_F(EventStreamTest, HeadAndBodyAndThenWhatIsPublished) {
  RawClient a(server_.endpoint());
  a.Write(kGet);
  const std::string head = a.ReadUntil("data: welcome\n\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(head.find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_NE(head.find("\r\n\r\nretry: 100\n\n"), std::string::npos);
  RawClient b(server_.endpoint());
  b.Write(kGet);
  b.ReadUntil("data: welcome\n\n");
  Post("one");
  Post("two");
  for (RawClient* client : {&a, &b}) {
    EXPECT_EQ(client->ReadUntil("two\n\n"), "data: one\n\ndata: two\n\n");
  }
  EXPECT_EQ(server_.sessions(), 2U);
}

TEST_F(EventStreamTest, WhoGoesHarmsNobody) {
  RawClient stays(server_.endpoint());
  stays.Write(kGet);
  stays.ReadUntil("data: welcome\n\n");
  {
    RawClient goes(server_.endpoint());
    goes.Write(kGet);
    goes.ReadUntil("data: welcome\n\n");
  }
  EXPECT_TRUE(server_.WaitForSessions(1));
  Post("still here");
  EXPECT_EQ(stays.ReadUntil("\n\n"), "data: still here\n\n");
}

TEST_F(EventStreamTest, WhoGoesOnToSendIsCut) {
  RawClient client(server_.endpoint());
  client.Write(kGet);
  EXPECT_NE(client.ReadUntil("data: welcome\n\n"), "");
  // Another request, which is not answered.
  client.Write(kGet);
  EXPECT_TRUE(WaitUntil([&] { return server_.Count("bytes_received") >= sizeof kGet - 1; }));
  Post("still here");
  EXPECT_NE(client.ReadUntil("data: still here\n\n"), "");
  EXPECT_EQ(server_.Count("rates_exceeded"), 0U);
  client.WriteIfOpen(std::string(100'000, 'x'));
  EXPECT_TRUE(server_.WaitForSessions(0));
  EXPECT_EQ(server_.Count("rates_exceeded"), 1U);
}

TEST_F(EventStreamTest, ARefusalEndsIt) {
  RawClient client(server_.endpoint());
  client.Write("GET /feed?refuse=yes HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.ReadToEnd().ends_with("retry: 100\n\n"));
}

TEST_F(EventStreamTest, HeadHasNoStream) {
  RawClient client(server_.endpoint());
  client.Write("HEAD /feed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.ReadToEnd().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(server_.Count("sessions_opened"), 0U);
}

TEST_F(EventStreamTest, AStopTellsWhenToComeBackAndEndsIt) {
  RawClient client(server_.endpoint());
  client.Write(kGet);
  client.ReadUntil("data: welcome\n\n");
  server_.Destroy();
  EXPECT_THAT(client.ReadToEnd(), ::testing::MatchesRegex("retry: [0-9]+\n\n"));
}

class QuietEventStreamTest : public EventStreamTest {
 protected:
  QuietEventStreamTest() : EventStreamTest({.idle_time = std::chrono::seconds(1)}) {}
};

TEST_F(QuietEventStreamTest, CommentsKeepItAlive) {
  RawClient client(server_.endpoint());
  client.Write(kGet);
  client.ReadUntil("data: welcome\n\n");
  // Twice as long as a session may be silent.
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.ReadUntil("\n\n"), ":\n\n");
  EXPECT_EQ(server_.sessions(), 1U);
}

}  // namespace
}  // namespace fanfare::testing
