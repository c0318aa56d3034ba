#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/route.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using nlohmann::json;
using testing::FakeSession;
using Ids = std::vector<std::string>;

// A reader that is connected.
struct Reader {
  explicit Reader(testing::FakeShard& shard)
      : session(shard, std::size_t{1} << 20, Format::kEventStream) {}

  // The lines of the events so far that have this name.
  std::vector<std::string> Lines(const std::string& name) {
    std::vector<std::string> lines;
    for (const std::string& event : session.Texts()) {
      const std::size_t at = ("\n" + event).find("\n" + name + ": ");
      if (at == std::string::npos) continue;
      const std::size_t begin = at + name.size() + 2;
      lines.push_back(event.substr(begin, event.find('\n', begin) - begin));
    }
    return lines;
  }
  std::vector<std::string> ids() { return Lines("id"); }
  // `text` of the messages, and `type` of what is none.
  std::vector<std::string> said() {
    std::vector<std::string> said;
    for (const std::string& line : Lines("data")) {
      const json event = json::parse(line);
      said.push_back(event["type"] == "message" ? event.value("text", "(deleted)")
                                                : event["type"].get<std::string>());
    }
    return said;
  }

  FakeSession session;
  std::unique_ptr<Handler> handler;
};

class ReaderTest : public ::testing::Test {
 protected:
  explicit ReaderTest(json options = json::object())
      : context_(std::move(options)), chat_(testing::MakeLinkedRoute("chat", context_)) {}

  Response Ask(Request::Fields query, const std::string& last = "") {
    Request request;
    request.method = "GET";
    request.pattern = "/chat/{room}/events";
    request.params = {{"room", "tea"}};
    request.query = std::move(query);
    if (!last.empty()) request.headers = {{"Last-Event-ID", last}};
    return chat_->Answer(request);
  }
  std::unique_ptr<Reader> Read(Request::Fields query = {}, const std::string& last = "") {
    auto reader = std::make_unique<Reader>(shard_);
    const Response response = Ask(std::move(query), last);
    EXPECT_EQ(response.status, 200) << response.body;
    reader->handler = *response.open_stream(reader->session);
    return reader;
  }

  void Post(const std::string& text) {
    Request request;
    request.method = "POST";
    request.pattern = "/api/rooms/{room}/messages";
    request.params = {{"room", "tea"}};
    request.headers = {{"Host", "localhost"}, {"Content-Type", "application/json"}};
    request.peer = Endpoint(boost::asio::ip::address_v4::loopback(), 1);
    request.body = json{{"text", text}}.dump();
    EXPECT_EQ(chat_->Answer(request).status, 201);
  }

  testing::FakeRouteContext context_;
  std::unique_ptr<Route> chat_;
  testing::FakeShard shard_;
};

TEST_F(ReaderTest, WhatIsSaidFromNowOn) {
  Post("before");
  const auto reader = Read();
  Post("one");
  Post("two\n\nlines");
  EXPECT_EQ(reader->said(), (Ids{"one", "two\n\nlines"}));
  const std::string epoch = reader->ids()[0].substr(0, reader->ids()[0].find(':'));
  EXPECT_EQ(reader->ids(), (Ids{epoch + ":1", epoch + ":2", epoch + ":3"}));
  EXPECT_EQ(reader->session.Texts()[0], "id: " + epoch + ":1\n\n");
}

TEST_F(ReaderTest, WhatWasMissedFollows) {
  auto first = Read();
  for (const char* text : {"a", "b", "c"}) Post(text);
  const Ids ids = first->ids();
  first.reset();
  Post("d");
  const auto back = Read({}, ids[1]);
  Post("e");
  EXPECT_EQ(back->said(), (Ids{"b", "c", "d", "e"}));
  // Beside one who was there before, from the very beginning, and for one who can not send headers.
  EXPECT_EQ(Read({}, ids[0])->said(), (Ids{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(Read({{"last_event_id", ids[3]}})->said(), (Ids{"d", "e"}));
  EXPECT_EQ(Read({{"last_event_id", ids[0]}}, ids[2])->said(), (Ids{"c", "d", "e"}));
}

TEST_F(ReaderTest, AnIdThatIsNotKeptIsAGap) {
  Post("a");
  Post("b");
  const auto reader = Read();
  const std::string id = reader->ids()[0];
  for (const std::string& last : {std::string("x"), std::string("x:1"), id + "0", id + "x",
                                  id.substr(0, id.size() - 1), std::string(":")}) {
    const auto back = Read({{"history", "1"}}, last);
    EXPECT_EQ(back->said(), (Ids{"gap", "b"})) << last;
    const json gap = json::parse(back->Lines("data")[0]);
    EXPECT_EQ(gap["recovered"], false);
    EXPECT_EQ(gap["first"], 1);
    EXPECT_EQ(gap["room"], "tea");
    // Whoever is cut off right after it misses nothing either.
    EXPECT_TRUE(back->ids()[0].ends_with(":1"));
    EXPECT_EQ(back->ids()[1], id);
  }
}

TEST_F(ReaderTest, HistoryComesFirst) {
  for (const char* text : {"a", "b", "c"}) Post(text);
  const auto reader = Read({{"history", "2"}});
  Post("d");
  EXPECT_EQ(reader->said(), (Ids{"b", "c", "d"}));
  EXPECT_EQ(Read({{"history", "100"}})->said(), (Ids{"a", "b", "c", "d"}));
}

TEST_F(ReaderTest, BadRequests) {
  EXPECT_EQ(Ask({{"history", "101"}}).status, 400);
  EXPECT_EQ(Ask({{"history", "x"}}).status, 400);
  // A stream that is never opened, as for HEAD, is nobody.
  EXPECT_EQ(Ask({}).status, 200);
}

TEST_F(ReaderTest, ReadersAreNoMembers) {
  const auto reader = Read();
  Request request;
  request.method = "GET";
  request.pattern = "/api/rooms/{room}/members";
  request.params = {{"room", "tea"}};
  request.headers = {{"Host", "localhost"}};
  request.peer = Endpoint(boost::asio::ip::address_v4::loopback(), 1);
  EXPECT_EQ(json::parse(chat_->Answer(request).body)["count"], 0);
}

class ShortHistoryTest : public ReaderTest {
 protected:
  ShortHistoryTest() : ReaderTest({{"history", {{"events", 2}}}, {"rooms", 1}}) {}
};

TEST_F(ShortHistoryTest, AnEventThatIsNotKeptAnyMoreIsAGap) {
  const auto reader = Read();
  for (const char* text : {"a", "b", "c"}) Post(text);
  const Ids ids = reader->ids();
  EXPECT_EQ(Read({}, ids[1])->said(), (Ids{"b", "c"}));
  const auto back = Read({}, ids[0]);
  EXPECT_EQ(back->said(), Ids{"gap"});
  EXPECT_EQ(json::parse(back->Lines("data")[0])["first"], 2);
}

TEST_F(ShortHistoryTest, WhenRoomsAreFullTheStreamIsRefused) {
  const auto reader = Read();
  Request request;
  request.method = "GET";
  request.pattern = "/chat/{room}/events";
  request.params = {{"room", "coffee"}};
  EXPECT_EQ(chat_->Answer(request).status, 503);
}

}  // namespace
}  // namespace fanfare
