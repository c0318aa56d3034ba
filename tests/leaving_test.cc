// Every way in which a session can go; those who stay lose nothing.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/route.h"
#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

Limits QuickLimits() {
  Limits limits;
  limits.idle_time = std::chrono::seconds(1);
  limits.handshake_time = std::chrono::seconds(1);
  return limits;
}

// A way to go; how the server says good-bye: a close code, or nothing at all; and the peer's code
// that the handler is told of, if there was one.
struct Way {
  const char* name;
  std::function<void(RawClient&)> go;
  std::optional<std::uint16_t> code = std::nullopt;
  std::optional<std::uint16_t> told = std::nullopt;
};

Way Sends(const char* name, const FrameToSend& frame, std::uint16_t code) {
  return {name, [bytes = Encode(frame)](RawClient& client) { client.Write(bytes); }, code};
}

Way SendsBytes(const char* name, std::string bytes, std::uint16_t code) {
  return {name, [bytes](RawClient& client) { client.Write(bytes); }, code};
}

Way Closes(const char* name, std::uint16_t code) {
  Way way = SendsBytes(name, CloseFrame(code), code);
  way.told = code;
  return way;
}

const std::string kControlTooLong(126, 'p');
const std::string kHalfMegabyte(512 * 1024, 'h');
const std::string kOverLimit(1024 * 1024 + 1, 'o');

std::string HalfOfAMegabyte() {
  return Encode({.opcode = kText, .payload = kHalfMegabyte, .claimed = 1024 * 1024});
}

const Way kWays[] = {
    // The server answers with the code that it was sent.
    Closes("Close1000", 1000),
    Closes("Close1001", 1001),
    Closes("Close1011", 1011),
    Closes("Close3000", 3000),
    Closes("Close4999", 4999),
    {"CloseWithoutACode",
     [](RawClient& client) { client.Write({.opcode = kClose, .payload = ""}); }, 1000, 1005},
    {"Reset", [](RawClient& client) { client.socket().Reset(); }},
    {"HalfClose", [](RawClient& client) { client.socket().ShutdownSend(); }},
    {"ResetWithinAMessage",
     [](RawClient& client) {
       client.Write(HalfOfAMegabyte());
       client.socket().Reset();
     }},
    {"HalfCloseWithinAMessage",
     [](RawClient& client) {
       client.Write(HalfOfAMegabyte());
       client.socket().ShutdownSend();
     }},
    {"ResetWithinAHeader",
     [](RawClient& client) {
       client.Write(TextFrame("cut").substr(0, 3));
       client.socket().Reset();
     }},
    {"ResetBetweenFragments",
     [](RawClient& client) {
       client.Write({.opcode = kText, .payload = "begun", .final = false});
       client.socket().Reset();
     }},
    // Protocol errors.
    Sends("Unmasked", {.opcode = kText, .payload = "bare", .masked = false}, 1002),
    Sends("Reserved1", {.opcode = kText, .payload = "x", .reserved = 0x40}, 1002),
    Sends("Reserved2", {.opcode = kText, .payload = "x", .reserved = 0x20}, 1002),
    Sends("Reserved3", {.opcode = kText, .payload = "x", .reserved = 0x10}, 1002),
    Sends("UnknownData", {.opcode = 3, .payload = "x"}, 1002),
    Sends("UnknownControl", {.opcode = 11, .payload = "x"}, 1002),
    Sends("FragmentedPing", {.opcode = kPing, .payload = "x", .final = false}, 1002),
    Sends("LongPing", {.opcode = kPing, .payload = kControlTooLong}, 1002),
    Sends("LongClose", {.opcode = kClose, .payload = kControlTooLong}, 1002),
    Sends("ContinuesNothing", {.opcode = kContinuation, .payload = "x"}, 1002),
    SendsBytes("BeginsTwice",
               Encode({.opcode = kText, .payload = "x", .final = false}) + TextFrame("y"), 1002),
    SendsBytes("CloseCode999", CloseFrame(999), 1002),
    SendsBytes("CloseCode1005", CloseFrame(1005), 1002),
    Sends("CloseOfOneByte", {.opcode = kClose, .payload = "x"}, 1002),
    // Text that is not UTF-8: a stray continuation, an encoded surrogate, and one that ends early.
    Sends("StrayByte", {.opcode = kText, .payload = "a\x80"}, 1007),
    Sends("Surrogate", {.opcode = kText, .payload = "\xed\xa0\x80"}, 1007),
    Sends("CutCharacter", {.opcode = kText, .payload = "\xe2\x82"}, 1007),
    SendsBytes("BadSecondFragment",
               Encode({.opcode = kText, .payload = "good", .final = false}) +
                   Encode({.opcode = kContinuation, .payload = "\xff"}),
               1007),
    // Messages over the limit, by their header, in one frame and in two.
    Sends("TooBig", {.opcode = kBinary, .payload = kOverLimit}, 1009),
    Sends("ClaimsToBeTooBig", {.opcode = kBinary, .payload = "", .claimed = 1ULL << 62}, 1009),
    SendsBytes("TooBigInAll",
               Encode({.opcode = kText, .payload = kHalfMegabyte, .final = false}) +
                   Encode({.opcode = kContinuation, .payload = kHalfMegabyte, .final = false}) +
                   Encode({.opcode = kContinuation, .payload = "."}),
               1009),
};

// Tells everybody how its sessions go: "told <code>" of the peer's close frame, and "gone". A
// message closes its session.
class GoodbyeHandler final : public Handler {
 public:
  GoodbyeHandler(Channel& everybody, Session& session)
      : everybody_(everybody), session_(session), subscription_(session.Subscribe(everybody)) {}
  ~GoodbyeHandler() override { Tell("gone"); }
  GoodbyeHandler(const GoodbyeHandler&) = delete;
  GoodbyeHandler& operator=(const GoodbyeHandler&) = delete;

  void OnMessage(Message) override { session_.Close(CloseCode::kNormal, ""); }
  void OnPeerClosed(CloseCode code) override {
    Tell("told " + std::to_string(static_cast<unsigned>(code)));
  }

 private:
  void Tell(const std::string& text) { everybody_.Publish({MessageType::kText, text}); }

  Channel& everybody_;
  Session& session_;
  Subscription subscription_;
};

class Goodbye final : public Route {
 public:
  explicit Goodbye(RouteContext& context) : everybody_(context.MakeChannel("goodbye")) {}

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    return std::make_unique<GoodbyeHandler>(*everybody_, session);
  }

 private:
  std::shared_ptr<Channel> everybody_;
};

const RegisterRoute* GoodbyeRoute() {
  static const RegisterRoute* list = nullptr;
  static const RegisterRoute kRoute("goodbye", {"/goodbye"}, MakeRoute<Goodbye>, list);
  return list;
}

// One who goes, and two who stay and talk before, meanwhile and afterwards.
class LeavingTest : public ::testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Ways, LeavingTest, ::testing::ValuesIn(kWays),
                         [](const auto& way) { return way.param.name; });

TEST_P(LeavingTest, TheOthersLoseNothing) {
  const Way& way = GetParam();
  TestServer server;
  Client first(server.endpoint(), "/chat/room");
  Client second(server.endpoint(), "/chat/room");
  const auto talk = [&](const std::string& text) {
    first.SendText(text + " 1");
    second.SendText(text + " 2");
    const auto heard = first.ReceiveTexts(2);
    EXPECT_EQ(second.ReceiveTexts(2), heard);
    EXPECT_TRUE((heard == std::vector{text + " 1", text + " 2"}) ||
                (heard == std::vector{text + " 2", text + " 1"}));
  };
  {
    RawClient leaver = RawClient::Open(server.endpoint(), "/chat/room");
    talk("before");
    EXPECT_EQ(leaver.ReadFrame().payload.substr(0, 6), "before");
    EXPECT_EQ(leaver.ReadFrame().payload.substr(0, 6), "before");
    way.go(leaver);
    if (way.code) {
      const ReceivedFrame frame = leaver.ReadFrame();
      EXPECT_EQ(frame.opcode, kClose);
      EXPECT_EQ(frame.close_code(), *way.code);
      EXPECT_TRUE(leaver.EndsCleanly());
    }
    talk("meanwhile");
  }
  EXPECT_TRUE(server.WaitForSessions(2));
  talk("after");
  EXPECT_EQ(server.Count("sessions_closed"), 1U);
  EXPECT_EQ(server.Count("messages_too_big"), way.code == 1009 ? 1U : 0U);
  EXPECT_EQ(server.Count("idle_timeouts"), 0U);
}

TEST_P(LeavingTest, TheHandlerIsToldOfThePeersCloseFrameBeforeItEnds) {
  TestServer server(LocalConfig(), {.routes = GoodbyeRoute()});
  Client watcher(server.endpoint(), "/goodbye");
  RawClient leaver = RawClient::Open(server.endpoint(), "/goodbye");
  GetParam().go(leaver);
  if (const auto told = GetParam().told) {
    EXPECT_EQ(watcher.ReceiveText(), "told " + std::to_string(*told));
  }
  EXPECT_EQ(watcher.ReceiveText(), "gone");
}

TEST(LeavingTest, TheHandlerIsNotToldOfTheAnswerToItsOwnClose) {
  TestServer server(LocalConfig(), {.routes = GoodbyeRoute()});
  Client watcher(server.endpoint(), "/goodbye");
  Client leaver(server.endpoint(), "/goodbye");
  leaver.SendText("close me");
  EXPECT_EQ(leaver.ReceiveClose().code, 1000);
  EXPECT_EQ(watcher.ReceiveText(), "gone");
}

// The peer of a session that is over may drop the connection as it likes.
TEST(LeavingTest, AMessageThatIsTooBigIsCountedWhenThePeerResetsTheConnection) {
  TestServer server;
  {
    RawClient client = RawClient::Open(server.endpoint(), "/chat");
    client.Write({.opcode = kBinary, .payload = "", .claimed = 1 << 30});
    EXPECT_EQ(client.ReadFrame().close_code(), 1009);
    client.socket().Reset();
  }
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("messages_too_big"), 1U);
}

TEST(LeavingTest, AMessageOfExactlyTheLimitPasses) {
  Limits limits;
  limits.message_bytes = 1000;
  TestServer server(LocalConfig(limits));
  Client client(server.endpoint(), "/echo");
  const std::string largest(1000, 'x');
  client.SendText(largest);
  EXPECT_EQ(client.ReceiveText(), largest);
  client.SendText(largest + "x");
  EXPECT_EQ(client.ReceiveClose().code, 1009);
}

// After the server's close frame the peer has as long as for an opening handshake to end the
// connection, however long the others may be idle.
TEST(LeavingTest, APeerThatKeepsTheConnectionAfterTheCloseIsCut) {
  Limits limits;
  limits.handshake_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  RawClient closes = RawClient::Open(server.endpoint(), "/chat");
  RawClient errs = RawClient::Open(server.endpoint(), "/chat");
  closes.Write(CloseFrame(1000));
  errs.Write({.opcode = 5, .payload = ""});
  EXPECT_EQ(closes.ReadFrame().close_code(), 1000);
  EXPECT_EQ(errs.ReadFrame().close_code(), 1002);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(server.Count("idle_timeouts"), 0U);
}

TEST(LeavingTest, AnIdlePeerIsDisconnectedAndALivingOneIsNot) {
  TestServer server(LocalConfig(QuickLimits()));
  Client lives(server.endpoint(), "/chat/idle");
  RawClient idles = RawClient::Open(server.endpoint(), "/chat/idle");
  // The living one answers pings while it waits for a message that comes only after a while.
  std::string heard;
  std::thread waits([&] { heard = lives.ReceiveText(); });
  // It is pinged, does not answer, and is cut.
  EXPECT_EQ(idles.ReadFrame().opcode, kPing);
  EXPECT_EQ(idles.ReadToEnd(), "");
  EXPECT_TRUE(server.WaitForSessions(1));
  EXPECT_EQ(server.Count("idle_timeouts"), 1U);
  // Long enough for the other to have been idle twice.
  RawClient again = RawClient::Open(server.endpoint(), "/chat/elsewhere");
  EXPECT_EQ(again.ReadFrame().opcode, kPing);
  EXPECT_EQ(again.ReadToEnd(), "");
  EXPECT_TRUE(server.WaitForSessions(1));
  Client(server.endpoint(), "/chat/idle").SendText("awake?");
  waits.join();
  EXPECT_EQ(heard, "awake?");
  EXPECT_EQ(server.Count("idle_timeouts"), 2U);
}

TEST(LeavingTest, AnUnfinishedHandshakeIsDisconnected) {
  TestServer server(LocalConfig(QuickLimits()));
  RawClient silent(server.endpoint());
  RawClient half(server.endpoint());
  half.Write(HandshakeFor("/chat").substr(0, 30));
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("handshake_timeouts"), 2U);
}

}  // namespace
}  // namespace fanfare::testing
