// Opening handshakes that go wrong, and what the peer is told.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>

#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"
#include "tests/tls_client.h"

namespace fanfare::testing {
namespace {

constexpr std::string_view kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// A correct handshake at /chat, in which one thing is another.
std::string With(std::string_view what, std::string_view instead) {
  std::string request = HandshakeFor("/chat");
  const std::size_t at = request.find(what);
  if (at == std::string::npos) throw std::logic_error("nothing to replace");
  return request.replace(at, what.size(), instead);
}

// Expects a refusal whose body says the same as its status line, and what was wrong.
void ExpectRefusal(const HttpReply& reply, unsigned status, const std::string& about) {
  EXPECT_EQ(reply.status, status);
  EXPECT_EQ(reply.Header("Content-Type"), "application/json");
  const auto body = nlohmann::json::parse(reply.body, nullptr, false);
  ASSERT_TRUE(body.is_object()) << reply.body;
  EXPECT_EQ(body.value("status", 0U), status);
  EXPECT_NE(body.value("error", "").find(about), std::string::npos) << reply.body;
}

struct BadRequest {
  const char* name;
  std::string bytes;
  unsigned status;
  const char* about;
  const char* header = nullptr;
  const char* value = nullptr;
};

const BadRequest kBadRequests[] = {
    {"NoKey", With(kKey, ""), 400, "Sec-WebSocket-Key"},
    {"ShortKey", With(kKey, "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"), 400, "Sec-WebSocket-Key"},
    {"LongKey", With("dGhl", "dGhldGhl"), 400, "Sec-WebSocket-Key"},
    {"KeyNotBase64", With("dGhl", "!!!!"), 400, "Sec-WebSocket-Key"},
    {"KeyWithoutPadding", With("ZQ==", "ZQ"), 400, "Sec-WebSocket-Key"},
    {"KeyWithSpaces", With("dGhl", "dGhl \t "), 400, "Sec-WebSocket-Key"},
    {"Version8", With("Version: 13", "Version: 8"), 426, "13", "Sec-WebSocket-Version", "13"},
    {"NoVersion", With("Sec-WebSocket-Version: 13\r\n", ""), 426, "13", "Sec-WebSocket-Version",
     "13"},
    {"NoUpgrade", With("Upgrade: websocket\r\n", ""), 426, "WebSocket", "Upgrade", "websocket"},
    {"OtherUpgrade", With("Upgrade: websocket", "Upgrade: h2c"), 426, "WebSocket", "Upgrade",
     "websocket"},
    {"NoConnectionUpgrade", With("Connection: Upgrade", "Connection: keep-alive"), 400,
     "Connection"},
    {"NoHost", With("Host: localhost\r\n", ""), 400, "Host"},
    {"NoHostForOtherThings", "GET /nowhere HTTP/1.1\r\n\r\n", 400, "Host"},
    {"TwoHosts", With("Host: localhost", "Host: a\r\nHost: localhost"), 400, "got 2"},
    {"UnknownPath", HandshakeFor("/nowhere"), 404, "/nowhere"},
    {"UnknownPathBelow", HandshakeFor("/chat/room/door"), 404, "/chat/room/door"},
    {"BadEscape", HandshakeFor("/chat/%zz"), 400, ""},
    {"Post", With("GET", "POST"), 405, "POST", "Allow", "GET"},
    {"Http10", With("HTTP/1.1", "HTTP/1.0"), 400, "HTTP/1.1"},
    {"Http20", With("HTTP/1.1", "HTTP/2.0"), 400, "HTTP"},
    {"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 400, "HTTP"},
    // The start of a TLS ClientHello.
    {"Tls", std::string("\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03", 11), 400, "HTTP"},
    // The connection preface of HTTP/2 (RFC 9113 section 3.4).
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP"},
};

class BadRequestTest : public ::testing::TestWithParam<BadRequest> {};
INSTANTIATE_TEST_SUITE_P(Requests, BadRequestTest, ::testing::ValuesIn(kBadRequests),
                         [](const auto& request) { return request.param.name; });

TEST_P(BadRequestTest, IsToldWhatIsWrong) {
  TestServer server;
  RawClient client(server.endpoint());
  client.Write(GetParam().bytes);
  const HttpReply reply = client.ReadReply();
  ExpectRefusal(reply, GetParam().status, GetParam().about);
  if (GetParam().header != nullptr) {
    EXPECT_EQ(reply.Header(GetParam().header), GetParam().value);
  }
  EXPECT_EQ(server.Count("requests_refused"), 1U);
  EXPECT_EQ(server.Count("sessions_opened"), 0U);
  client.socket().Close();
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(HandshakeTest, APageOfAnotherSiteIsRefused) {
  TestServer server;
  RawClient client(server.endpoint());
  client.Write(With("Host: localhost", "Origin: https://evil.example\r\nHost: localhost"));
  ExpectRefusal(client.ReadReply(), 403, "https://evil.example");
  EXPECT_EQ(server.Count("origins_refused"), 1U);
  EXPECT_EQ(server.Count("sessions_opened"), 0U);
  client.Write(With("Host: localhost", "Origin: http://localhost\r\nHost: localhost"));
  EXPECT_EQ(client.ReadReply().status, 101U);
}

TEST(HandshakeTest, ThroughTlsAPageInPlainTextIsOneOfAnotherSite) {
  TestServer server(SecureConfig());
  for (const auto& [origin, answer] : {std::pair("http", "HTTP/1.1 403 "), {"https", "101 "}}) {
    TlsClient client(server.endpoint());
    client.Write(With("Host: localhost",
                      "Origin: " + std::string(origin) + "://localhost\r\nHost: localhost"));
    EXPECT_NE(client.ReadUntil(answer), "") << origin;
  }
  EXPECT_EQ(server.Count("origins_refused"), 1U);
}

TEST(HandshakeTest, HeadersOverTheLimitAreAnsweredWith431) {
  TestServer server;
  RawClient client(server.endpoint());
  // Far more than is read before the answer; writing it all must not meet a reset, in which the
  // answer could be lost.
  client.Write(With("Host", "X-Large: " + std::string(4'000'000, 'x') + "\r\nHost"));
  ExpectRefusal(client.ReadReply(), 431, "8192");
  EXPECT_TRUE(client.EndsCleanly());
  EXPECT_EQ(server.Count("headers_too_big"), 1U);
}

TEST(HandshakeTest, ABodyOverTheLimitIsAnsweredWith413) {
  TestServer server;
  RawClient client(server.endpoint());
  client.Write("POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n" +
               std::string(4'000'000, 'b'));
  ExpectRefusal(client.ReadReply(), 413, "65536");
  EXPECT_TRUE(client.EndsCleanly());
  EXPECT_EQ(server.Count("bodies_too_big"), 1U);
}

TEST(HandshakeTest, RandomBytesNeverOpenASessionAndAreAnsweredOrCut) {
  Limits limits;
  limits.handshake_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  // The same every time.
  std::mt19937 random(6455);
  for (int i = 0; i < 100; ++i) {
    std::string bytes(1 + random() % 2000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    RawClient client(server.endpoint());
    client.WriteIfOpen(bytes);
    client.socket().ShutdownSend();
    const std::string answer = client.ReadToEnd();
    EXPECT_TRUE(answer.empty() || answer.rfind("HTTP/1.1 4", 0) == 0) << answer;
  }
  EXPECT_TRUE(server.WaitForSessions(0));
  EXPECT_EQ(server.Count("sessions_opened"), 0U);
  EXPECT_EQ(server.Count("connections_accepted"), 100U);
}

TEST(HandshakeTest, ATrickleIsCutAtTheTimeout) {
  Limits limits;
  limits.handshake_time = std::chrono::seconds(1);
  TestServer server(LocalConfig(limits));
  RawClient client(server.endpoint());
  const auto start = std::chrono::steady_clock::now();
  const std::string request = HandshakeFor("/chat");
  // Every byte comes soon after the one before; all of them would take four seconds.
  for (std::size_t i = 0; i < request.size() && !client.socket().readable(); ++i) {
    client.WriteIfOpen(request.substr(i, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
  EXPECT_EQ(server.Count("handshake_timeouts"), 1U);
  EXPECT_TRUE(server.WaitForSessions(0));
}

TEST(HandshakeTest, ARefusedRequestLeavesTheConnectionUsable) {
  TestServer server;
  RawClient client(server.endpoint());
  for (int i = 0; i < 3; ++i) {
    client.Write(HandshakeFor("/nowhere"));
    ExpectRefusal(client.ReadReply(), 404, "/nowhere");
  }
  // Two at once, of which the second is the one that counts.
  client.Write(HandshakeFor("/elsewhere") + HandshakeFor("/echo"));
  ExpectRefusal(client.ReadReply(), 404, "/elsewhere");
  EXPECT_EQ(client.ReadReply().status, 101U);
  client.Write(TextFrame("at last"));
  EXPECT_EQ(client.ReadFrame().payload, "at last");
}

TEST(HandshakeTest, AConnectionThatIsToBeClosedIs) {
  TestServer server;
  RawClient client(server.endpoint());
  client.Write("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ExpectRefusal(client.ReadReply(), 404, "/nowhere");
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(HandshakeTest, HeadIsAnsweredWithoutABody) {
  TestServer server;
  RawClient client(server.endpoint());
  client.Write("HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  const HttpReply head = client.ReadReply(true);
  EXPECT_EQ(head.status, 404U);
  client.Write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  const HttpReply get = client.ReadReply();
  EXPECT_EQ(get.status, 404U);
  EXPECT_EQ(head.Header("Content-Length"), std::to_string(get.body.size()));
}

TEST(HandshakeTest, FramesThatComeWithTheHandshakeAreNotLost) {
  TestServer server;
  RawClient client(server.endpoint());
  const std::string large(100'000, 'l');
  client.Write(HandshakeFor("/echo") + TextFrame("one") + TextFrame("") +
               Encode({.opcode = kPing, .payload = "two"}) + TextFrame(large) + CloseFrame(1000));
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(client.ReadFrame().payload, "one");
  EXPECT_EQ(client.ReadFrame().payload, "");
  EXPECT_EQ(client.ReadFrame().payload, "two");
  EXPECT_TRUE(client.ReadFrame().payload == large);
  EXPECT_EQ(client.ReadFrame().close_code(), 1000);
  EXPECT_TRUE(client.EndsCleanly());
}

TEST(HandshakeTest, ConnectionsOverTheLimitAreRefusedUntilOneLeaves) {
  Limits limits;
  limits.connections = 3;
  TestServer server(LocalConfig(limits));
  Client stays(server.endpoint(), "/chat");
  Client leaves(server.endpoint(), "/chat");
  // One that has not even asked for anything counts, too.
  RawClient silent(server.endpoint());
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 3; }));
  for (int i = 0; i < 3; ++i) {
    RawClient refused(server.endpoint());
    refused.WriteIfOpen(HandshakeFor("/chat"));
    const HttpReply reply = refused.ReadReply();
    ExpectRefusal(reply, 503, "connections");
    EXPECT_NE(reply.Header("Retry-After"), "");
  }
  EXPECT_EQ(server.Count("connections_refused"), 3U);
  leaves.Close(1000);
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 2; }));
  Client comes(server.endpoint(), "/chat");
  stays.SendText("welcome");
  EXPECT_EQ(comes.ReceiveText(), "welcome");
}

}  // namespace
}  // namespace fanfare::testing
