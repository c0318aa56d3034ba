// Routes that ask for a token.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/auth/testing.h"
#include "core/compat.h"
#include "core/route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using std::chrono::seconds;

// Tells whoever asks who it is.
class Mirror final : public Route {
 public:
  explicit Mirror(RouteContext&) {}

  std::vector<std::string> subprotocols() const override { return {"mirror.v1"}; }
  Service ServiceAt(std::string_view pattern) const override {
    if (pattern == "/mirror") return {};
    return {.has_websocket = false, .http_methods = {"GET", "POST"}};
  }
  bool HasOwnKey(const Request& request) const override {
    return request.Header("X-Key") == "own key";
  }

  Response Answer(const Request& request) override {
    const std::string user = request.identity == nullptr ? "nobody" : request.identity->user;
    if (request.pattern == "/mirror/plain") return {.body = "plain " + user};
    return {.content_type = "text/event-stream",
            .body = "data: stream " + user + "\n\n",
            .open_stream = [this](Session& session) { return Open(session); }};
  }

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    return std::make_unique<Looker>(session);
  }

 private:
  class Looker final : public Handler {
   public:
    explicit Looker(Session& session) : session_(session) {}

    void OnMessage(Message message) override {
      if (message.payload == "who") {
        const auto& identity = session_.identity();
        return Say(identity == nullptr ? "nobody" : identity->user);
      }
      const absl::Status renewed = session_.Renew(message.payload);
      Say(renewed.ok() ? "renewed" : ToStd(renewed.message()));
    }
    void OnTokenExpiring(std::chrono::milliseconds) override { Say("expiring"); }

   private:
    void Say(std::string_view text) {
      session_.Send({.type = MessageType::kText, .payload = text});
    }

    Session& session_;
  };
};

const RegisterRoute* MirrorRoute() {
  static const RegisterRoute* list = nullptr;
  static const RegisterRoute kRoute("mirror", {"/mirror", "/mirror/plain", "/mirror/stream"},
                                    MakeRoute<Mirror>, list);
  return list;
}

std::string Token(seconds life, const std::string& user = "ada") {
  auto claims = ClaimsFor(life);
  claims["sub"] = user;
  return MakeToken(claims);
}

Config AuthConfig(JwtSettings settings = {}) {
  if (settings.key_file.empty()) settings.key_file = WriteTestFile("key", kSecret);
  Config config = LocalConfig();
  // Time is looked at often.
  config.limits.handshake_time = seconds(2);
  config.routes = {{.route = "mirror",
                    .patterns = std::nullopt,
                    .auth = std::move(settings),
                    .path = "routes[0]"}};
  return config;
}

class AuthTest : public ::testing::Test {
 protected:
  void Start(const Config& config) {
    server_ = std::make_unique<TestServer>(config, Server::Parts{.routes = MirrorRoute()});
  }

  // The answer to a GET with more headers.
  HttpReply Get(std::string_view path, std::string_view headers = "") {
    RawClient client(server_->endpoint());
    client.Write("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" +
                 std::string(headers) + "\r\n");
    return client.ReadReply();
  }
  // A connection whose opening handshake, with more headers, has been sent.
  RawClient Shake(std::string_view headers) {
    std::string handshake = HandshakeFor("/mirror");
    handshake.insert(handshake.size() - 2, headers);
    RawClient client(server_->endpoint());
    client.Write(handshake);
    return client;
  }
  HttpReply ReplyTo(std::string_view headers) { return Shake(headers).ReadReply(); }
  // A session.
  RawClient Open(const std::string& token) {
    RawClient client = Shake(Bearer(token));
    EXPECT_EQ(client.ReadReply().status, 101U);
    return client;
  }
  static std::string Bearer(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\n";
  }
  static std::string Ask(RawClient& client, const std::string& text) {
    client.Write(TextFrame(text));
    return client.ReadFrame().payload;
  }

  TestServer& server() { return *server_; }

 private:
  std::unique_ptr<TestServer> server_;
};

TEST_F(AuthTest, AHandshakeShowsItsTokenInAHeader) {
  Start(AuthConfig());
  RawClient client = Open(Token(seconds(1000)));
  EXPECT_EQ(Ask(client, "who"), "ada");
  EXPECT_EQ(server().Count("auth_refused"), 0U);
}

TEST_F(AuthTest, OrInASubprotocol) {
  Start(AuthConfig());
  const std::string token = Token(seconds(1000));
  RawClient both = Shake("Sec-WebSocket-Protocol: bearer." + token + ", mirror.v1\r\n");
  const HttpReply reply = both.ReadReply();
  EXPECT_EQ(reply.status, 101U);
  EXPECT_EQ(reply.Header("Sec-WebSocket-Protocol"), "mirror.v1");
  EXPECT_EQ(Ask(both, "who"), "ada");
  // A browser takes no answer without one of those that it asked for.
  EXPECT_EQ(
      ReplyTo("Sec-WebSocket-Protocol: bearer." + token + "\r\n").Header("Sec-WebSocket-Protocol"),
      "bearer." + token);
}

TEST_F(AuthTest, OrInACookieUnlessItIsAForeignPage) {
  Start(AuthConfig({.cookie = "token"}));
  const std::string cookie = "Cookie: a=b; token=" + Token(seconds(1000)) + "\r\n";
  RawClient client = Shake(cookie);
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(Ask(client, "who"), "ada");
  EXPECT_EQ(ReplyTo(cookie + "Origin: http://localhost\r\n").status, 101U);
  EXPECT_EQ(ReplyTo(cookie + "Origin: http://example.com\r\n").status, 403U);
  EXPECT_EQ(Get("/mirror/plain", cookie).body, "plain ada");
  EXPECT_EQ(Get("/mirror/plain", cookie + "Origin: http://example.com\r\n").status, 403U);
  // What no browser adds by itself is no cookie.
  EXPECT_EQ(
      Get("/mirror/plain", Bearer(Token(seconds(1000))) + "Origin: http://example.com\r\n").status,
      200U);
}

TEST_F(AuthTest, WhoShowsNoneOrAWrongOneIsRefused) {
  Start(AuthConfig());
  const HttpReply none = ReplyTo("");
  EXPECT_EQ(none.status, 401U);
  EXPECT_EQ(none.Header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(none.body,
            "{\"error\":\"a token is needed here, and there is none\",\"status\":401}\n");

  const HttpReply expired = ReplyTo(Bearer(Token(seconds(-1))));
  EXPECT_EQ(expired.status, 401U);
  EXPECT_EQ(expired.Header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(expired.body, "{\"error\":\"the token has expired\",\"status\":401}\n");

  const HttpReply several =
      ReplyTo(Bearer(Token(seconds(1000))) + "Sec-WebSocket-Protocol: bearer.a.b.c\r\n");
  EXPECT_EQ(several.status, 400U);
  EXPECT_EQ(several.Header("WWW-Authenticate"), "Bearer error=\"invalid_request\"");

  EXPECT_EQ(ReplyTo(Bearer("x")).status, 401U);
  EXPECT_EQ(Get("/mirror/plain").status, 401U);
  EXPECT_EQ(Get("/mirror/stream", Bearer("a.b.c")).status, 401U);
  EXPECT_EQ(Get("/mirror").status, 401U);
  EXPECT_EQ(Get("/elsewhere").status, 404U);
  EXPECT_EQ(server().Count("auth_refused"), 7U);
  EXPECT_EQ(server().Count("sessions_opened"), 0U);
}

TEST_F(AuthTest, PlainRequestsAndStreams) {
  Start(AuthConfig());
  const std::string token = Bearer(Token(seconds(1000)));
  EXPECT_EQ(Get("/mirror/plain", token).body, "plain ada");
  RawClient stream(server().endpoint());
  stream.Write("GET /mirror/stream HTTP/1.1\r\nHost: localhost\r\n" + token + "\r\n");
  EXPECT_NE(stream.ReadUntil("data: stream ada\n\n"), "");
}

TEST_F(AuthTest, AKeyOfTheRoutesOwnStandsForATokenButOpensNoSession) {
  Start(AuthConfig());
  EXPECT_EQ(Get("/mirror/plain", "X-Key: own key\r\n").body, "plain nobody");
  EXPECT_EQ(Get("/mirror/plain", "X-Key: other\r\n").status, 401U);
  EXPECT_EQ(ReplyTo("X-Key: own key\r\n").status, 401U);
}

TEST_F(AuthTest, WithoutAuthNobodyIsAsked) {
  Config config = AuthConfig();
  config.routes[0].auth.reset();
  Start(config);
  EXPECT_EQ(Get("/mirror/plain").body, "plain nobody");
  RawClient client = Shake(Bearer("whatever"));
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(Ask(client, "who"), "nobody");
  EXPECT_EQ(Ask(client, Token(seconds(1000))), "no token is asked for here");
}

TEST_F(AuthTest, ASessionIsClosedWhenItsTokenExpires) {
  Start(AuthConfig());
  RawClient client = Open(Token(seconds(4)));
  RawClient other = Open(Token(seconds(1000), "grace"));
  EXPECT_EQ(client.ReadFrame().payload, "expiring");
  const ReceivedFrame closed = client.ReadFrame();
  EXPECT_EQ(closed.close_code(), 4401);
  EXPECT_EQ(closed.close_reason(), "the token has expired");
  EXPECT_EQ(server().Count("tokens_expired"), 1U);
  EXPECT_EQ(Ask(other, "who"), "grace");
}

TEST_F(AuthTest, AndSoIsAStream) {
  Start(AuthConfig());
  RawClient stream(server().endpoint());
  stream.Write("GET /mirror/stream HTTP/1.1\r\nHost: localhost\r\n" + Bearer(Token(seconds(3))) +
               "\r\n");
  EXPECT_NE(stream.ReadUntil("data: stream ada\n\n"), "");
  EXPECT_NE(stream.ReadToEnd().find("expiring"), std::string::npos);
  EXPECT_EQ(server().Count("tokens_expired"), 1U);
}

TEST_F(AuthTest, ATokenIsRenewedByAnotherOfTheSameUser) {
  Start(AuthConfig());
  RawClient client = Open(Token(seconds(4)));
  EXPECT_EQ(Ask(client, Token(seconds(1000), "grace")), "the token is of another user");
  EXPECT_EQ(Ask(client, Token(seconds(-1))), "the token has expired");
  EXPECT_EQ(Ask(client, Token(seconds(1000))), "renewed");
  EXPECT_EQ(server().Count("tokens_renewed"), 1U);
  EXPECT_EQ(server().Count("auth_refused"), 2U);
  // The first one would have expired by the time at which this one has.
  RawClient later = Open(Token(seconds(5)));
  EXPECT_EQ(later.ReadFrame().payload, "expiring");
  EXPECT_EQ(later.ReadFrame().close_code(), 4401);
  EXPECT_EQ(Ask(client, "who"), "ada");
}

TEST_F(AuthTest, AUserHasAsManySessionsAsItMay) {
  Start(AuthConfig({.user_connections = 2}));
  const std::string token = Token(seconds(1000));
  RawClient first = Open(token);
  {
    RawClient stream(server().endpoint());
    stream.Write("GET /mirror/stream HTTP/1.1\r\nHost: localhost\r\n" + Bearer(token) + "\r\n");
    EXPECT_NE(stream.ReadUntil("data: stream ada\n\n"), "");
    const HttpReply refused = ReplyTo(Bearer(token));
    EXPECT_EQ(refused.status, 429U);
    EXPECT_NE(refused.body.find("this user has as many connections as it may: 2"),
              std::string::npos);
    EXPECT_EQ(server().Count("user_connections_refused"), 1U);
    EXPECT_EQ(Get("/mirror/plain", Bearer(token)).status, 200U);
    RawClient other = Open(Token(seconds(1000), "grace"));
  }
  EXPECT_TRUE(WaitUntil([&] { return ReplyTo(Bearer(token)).status == 101U; }));
}

// A connection of a proxy goes on, and with it no place of an address for which nothing is open.
TEST_F(AuthTest, WhoIsRefusedForItsUserTakesNoPlaceOfItsAddress) {
  Config config = AuthConfig({.user_connections = 1});
  config.limits.connections_per_address = 1;
  config.proxies = *Proxies::Make({"127.0.0.1"}, ProxyProtocol::kForwardedFor);
  Start(config);
  const auto ask = [](RawClient& proxy, std::string_view address, const std::string& token) {
    std::string handshake = HandshakeFor("/mirror");
    handshake.insert(handshake.size() - 2,
                     "X-Forwarded-For: " + std::string(address) + "\r\n" + Bearer(token));
    proxy.Write(handshake);
    return proxy.ReadReply().status;
  };
  const std::string ada = Token(seconds(1000));
  RawClient first(server().endpoint());
  EXPECT_EQ(ask(first, "203.0.113.1", ada), 101U);
  RawClient refused(server().endpoint());
  EXPECT_EQ(ask(refused, "203.0.113.2", ada), 429U);
  EXPECT_EQ(server().Count("user_connections_refused"), 1U);
  RawClient other(server().endpoint());
  EXPECT_EQ(ask(other, "203.0.113.2", Token(seconds(1000), "grace")), 101U);
  EXPECT_EQ(server().Count("address_connections_refused"), 0U);
}

TEST_F(AuthTest, AReloadReadsTheKeysAnew) {
  const std::string key_file = WriteTestFile("changing", kSecret);
  const Config config = AuthConfig({.key_file = key_file});
  Start(config);
  RawClient client = Open(Token(seconds(1000)));
  const std::string secret = "another secret that is long enough";
  WriteTestFile("changing", secret);
  ASSERT_EQ(server()->Reload(config), absl::OkStatus());
  // Who is in stays in, and renews with the new key.
  EXPECT_EQ(Ask(client, "who"), "ada");
  EXPECT_EQ(ReplyTo(Bearer(Token(seconds(1000)))).status, 401U);
  EXPECT_EQ(Ask(client, Token(seconds(1000))), "the token is not signed with a key of ours");
  EXPECT_EQ(Ask(client, MakeToken("HS256", ClaimsFor(seconds(1000)), SignerOf(secret))), "renewed");
  // A key that is not right leaves all as it was.
  WriteTestFile("changing", "short");
  EXPECT_FALSE(server()->Reload(config).ok());
  EXPECT_EQ(Ask(client, MakeToken("HS256", ClaimsFor(seconds(1000)), SignerOf(secret))), "renewed");
}

TEST_F(AuthTest, WhoCameInWithoutATokenDoesNotStayWhereOneIsAskedFor) {
  Config config = AuthConfig();
  config.routes[0].auth.reset();
  Start(config);
  RawClient client = Shake("");
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(Ask(client, "who"), "nobody");
  ASSERT_EQ(server()->Reload(AuthConfig()), absl::OkStatus());
  EXPECT_EQ(client.ReadFrame().close_code(), 1012);
  EXPECT_EQ(ReplyTo("").status, 401U);
}

}  // namespace
}  // namespace fanfare::testing
