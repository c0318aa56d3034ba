#include "core/dispatch.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/auth/authenticator.h"
#include "core/auth/testing.h"

namespace fanfare {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";

class WebSocketRoute final : public Route {
 public:
  std::vector<std::string> subprotocols() const override { return {"talk.v2", "talk.v1"}; }
};

class PageRoute final : public Route {
 public:
  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return {"GET", "POST"}; }
  Response Answer(const Request& request) override {
    if (request.method == "POST") throw std::runtime_error("broken");
    return {.body =
                "hello " + std::string(request.Query("name")) + std::string(request.Param("id"))};
  }
};

class BothRoute final : public Route {
 public:
  std::vector<std::string> http_methods() const override { return {"GET"}; }
  Response Answer(const Request&) override { return {.body = "page"}; }
};

// What it takes depends on the pattern.
class MixedRoute final : public Route {
 public:
  Service ServiceAt(std::string_view pattern) const override {
    if (pattern == "/mixed/socket") return {};
    return {.has_websocket = false, .http_methods = {"POST"}};
  }
  Response Answer(const Request&) override { return {.body = "posted"}; }
};

class StreamRoute final : public Route {
 public:
  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return {"GET"}; }
  Response Answer(const Request&) override {
    return {.open_stream = [this](Session& session) { return Open(session); }};
  }
};

class DispatchTest : public ::testing::Test {
 protected:
  DispatchTest() {
    EXPECT_TRUE(router_.Add("/socket", "socket", socket_).ok());
    EXPECT_TRUE(router_.Add("/page", "page", page_).ok());
    EXPECT_TRUE(router_.Add("/page/{id}", "page", page_).ok());
    EXPECT_TRUE(router_.Add("/both", "both", both_).ok());
    EXPECT_TRUE(router_.Add("/mixed/socket", "mixed", mixed_).ok());
    EXPECT_TRUE(router_.Add("/mixed/post", "mixed", mixed_).ok());
    EXPECT_TRUE(router_.Add("/stream", "stream", stream_).ok());
    auto authenticator =
        Authenticator::Make({.key_file = testing::WriteTestFile("key", testing::kSecret)});
    EXPECT_TRUE(authenticator.ok()) << authenticator.status();
    authenticator_ = *std::move(authenticator);
    EXPECT_TRUE(router_.Add("/guarded", "socket", socket_, authenticator_.get()).ok());
    EXPECT_TRUE(router_.Add("/guarded/page", "page", page_, authenticator_.get()).ok());
  }

  // A complete opening handshake, for tests to spoil.
  static Request Handshake() {
    Request request;
    request.method = "GET";
    request.headers = {{"Host", "localhost"},
                       {"upgrade", "WebSocket"},
                       {"Connection", "keep-alive, Upgrade"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", std::string(kKey)}};
    return request;
  }

  static void Set(Request& request, std::string_view name, const std::string& value) {
    for (auto& [key, old] : request.headers) {
      if (key == name) old = value;
    }
  }

  Dispatch Ask(std::string_view target, Request request, int http_version = 11) {
    Dispatch dispatch = DispatchRequest(router_, origins_, target, http_version, request);
    if (dispatch.upgrade == nullptr && dispatch.response.status >= 400) {
      const auto body = nlohmann::json::parse(dispatch.response.body, nullptr, false);
      EXPECT_EQ(body.value("status", 0), dispatch.response.status) << dispatch.response.body;
      EXPECT_FALSE(body.value("error", "").empty());
      EXPECT_EQ(dispatch.response.content_type, "application/json");
    }
    return dispatch;
  }

  Dispatch AskPlainly(std::string_view method, std::string_view target) {
    Request request;
    request.method = method;
    return Ask(target, std::move(request));
  }

  static std::string HeaderOf(const Dispatch& dispatch, std::string_view name) {
    for (const auto& [key, value] : dispatch.response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  WebSocketRoute socket_;
  PageRoute page_;
  BothRoute both_;
  MixedRoute mixed_;
  StreamRoute stream_;
  std::unique_ptr<Authenticator> authenticator_;
  Router router_;
  OriginPolicy origins_;
};

TEST_F(DispatchTest, AHandshakeIsUpgraded) {
  EXPECT_EQ(Ask("/socket", Handshake()).upgrade, &socket_);
  EXPECT_EQ(Ask("/socket?token=x", Handshake()).upgrade, &socket_);
  EXPECT_EQ(Ask("/both", Handshake()).upgrade, &both_);
}

TEST_F(DispatchTest, TheClientsFirstSubprotocolThatTheRouteSpeaksIsTaken) {
  const auto chosen = [this](const std::vector<std::string>& headers) {
    Request request = Handshake();
    for (const auto& header : headers) {
      request.headers.emplace_back("sec-websocket-protocol", header);
    }
    EXPECT_EQ(DispatchRequest(router_, origins_, "/socket", 11, request).upgrade, &socket_);
    return request.subprotocol;
  };
  EXPECT_EQ(chosen({}), "");
  EXPECT_EQ(chosen({"talk.v1"}), "talk.v1");
  EXPECT_EQ(chosen({"other, talk.v1 ,talk.v2"}), "talk.v1");
  EXPECT_EQ(chosen({"other", "talk.v2"}), "talk.v2");
  EXPECT_EQ(chosen({"other, TALK.V1, talk.v", ",,"}), "");
}

TEST_F(DispatchTest, ARequestKnowsThePatternThatFitted) {
  Request request;
  request.method = "GET";
  DispatchRequest(router_, origins_, "/page/7", 11, request);
  EXPECT_EQ(request.pattern, "/page/{id}");
}

TEST_F(DispatchTest, WhatARouteTakesMayDependOnThePattern) {
  EXPECT_EQ(Ask("/mixed/socket", Handshake()).upgrade, &mixed_);
  EXPECT_EQ(AskPlainly("POST", "/mixed/socket").response.status, 405);
  EXPECT_EQ(AskPlainly("POST", "/mixed/post").response.body, "posted");
  const Dispatch handshake = Ask("/mixed/post", Handshake());
  EXPECT_EQ(handshake.upgrade, nullptr);
  EXPECT_EQ(handshake.response.status, 405);
  EXPECT_EQ(HeaderOf(handshake, "Allow"), "POST");
}

TEST_F(DispatchTest, AHandshakeThatLacksSomethingIsRefused) {
  const auto status_with = [this](std::string_view name, const std::string& value) {
    Request request = Handshake();
    Set(request, name, value);
    return Ask("/socket", std::move(request)).response.status;
  };
  EXPECT_EQ(status_with("Host", ""), 400);
  EXPECT_EQ(status_with("Connection", "keep-alive"), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", ""), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j"), 400);
  EXPECT_EQ(status_with("Sec-WebSocket-Key", "not base64, not base64=="), 400);
  EXPECT_EQ(Ask("/socket", Handshake(), 10).response.status, 400);
}

TEST_F(DispatchTest, APageOfAnotherSiteIsRefused) {
  const auto ask_from = [this](const std::string& origin) {
    Request request = Handshake();
    request.headers.emplace_back("Origin", origin);
    return Ask("/socket", std::move(request));
  };
  EXPECT_EQ(ask_from("http://localhost").upgrade, &socket_);
  const Dispatch refused = ask_from("https://evil.example");
  EXPECT_EQ(refused.upgrade, nullptr);
  EXPECT_EQ(refused.response.status, 403);
  EXPECT_TRUE(refused.is_foreign_page);
  EXPECT_NE(refused.response.body.find("https://evil.example"), std::string::npos);
  origins_ = *OriginPolicy::Make({"https://evil.example"}, true);
  EXPECT_EQ(ask_from("https://evil.example").upgrade, &socket_);
  EXPECT_EQ(Ask("/socket", Handshake()).response.status, 403) << "no Origin";
}

TEST_F(DispatchTest, StreamsAreForThePagesThatMayOpenWebSockets) {
  const auto ask = [this](Request::Fields headers) {
    Request request;
    request.method = "GET";
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", "localhost");
    return Ask("/stream", std::move(request));
  };
  EXPECT_EQ(HeaderOf(ask({}), "Access-Control-Allow-Origin"), "");
  EXPECT_NE(ask({}).response.open_stream, nullptr);
  const Dispatch own = ask({{"Origin", "http://localhost"}});
  EXPECT_NE(own.response.open_stream, nullptr);
  EXPECT_EQ(HeaderOf(own, "Access-Control-Allow-Origin"), "http://localhost");
  EXPECT_EQ(HeaderOf(own, "Vary"), "Origin");
  const Dispatch refused = ask({{"Origin", "https://evil.example"}});
  EXPECT_EQ(refused.response.status, 403);
  EXPECT_EQ(refused.response.open_stream, nullptr);
  EXPECT_TRUE(refused.is_foreign_page);
  origins_ = *OriginPolicy::Make({"https://evil.example"}, true);
  EXPECT_EQ(HeaderOf(ask({{"Origin", "https://evil.example"}}), "Access-Control-Allow-Origin"),
            "https://evil.example");
  EXPECT_EQ(ask({}).response.status, 403) << "no Origin";
  EXPECT_EQ(ask({{"Sec-Fetch-Site", "same-origin"}}).response.status, 200);
  EXPECT_EQ(ask({{"Sec-Fetch-Site", "cross-site"}}).response.status, 403);
}

TEST_F(DispatchTest, AnotherVersionIsToldTheRightOne) {
  for (const char* version : {"8", "14", ""}) {
    Request request = Handshake();
    Set(request, "Sec-WebSocket-Version", version);
    const Dispatch dispatch = Ask("/socket", std::move(request));
    EXPECT_EQ(dispatch.response.status, 426);
    EXPECT_EQ(HeaderOf(dispatch, "Sec-WebSocket-Version"), "13");
  }
}

TEST_F(DispatchTest, AWebSocketPathWithoutAnUpgradeAsksForIt) {
  const Dispatch dispatch = AskPlainly("GET", "/socket");
  EXPECT_EQ(dispatch.response.status, 426);
  EXPECT_EQ(HeaderOf(dispatch, "Upgrade"), "websocket");
}

TEST_F(DispatchTest, AnotherMethodIsToldTheRightOnes) {
  EXPECT_EQ(HeaderOf(AskPlainly("POST", "/socket"), "Allow"), "GET");
  EXPECT_EQ(AskPlainly("POST", "/socket").response.status, 405);
  EXPECT_EQ(AskPlainly("DELETE", "/page").response.status, 405);
  EXPECT_EQ(HeaderOf(AskPlainly("DELETE", "/page"), "Allow"), "GET, POST, HEAD");
  Request request = Handshake();
  request.method = "POST";
  EXPECT_EQ(Ask("/socket", std::move(request)).response.status, 405);
}

TEST_F(DispatchTest, AnUnknownPathIsNotFound) {
  const Dispatch dispatch = AskPlainly("GET", "/nowhere");
  EXPECT_EQ(dispatch.response.status, 404);
  EXPECT_NE(dispatch.response.body.find("/nowhere"), std::string::npos);
  EXPECT_EQ(Ask("/nowhere", Handshake()).response.status, 404);
}

TEST_F(DispatchTest, ATargetThatIsNoPathIsRefused) {
  EXPECT_EQ(AskPlainly("GET", "page").response.status, 400);
  EXPECT_EQ(AskPlainly("GET", "/page?a=%zz").response.status, 400);
}

TEST_F(DispatchTest, ARouteAnswersPlainRequests) {
  EXPECT_EQ(AskPlainly("GET", "/page?name=a%20b").response.body, "hello a b");
  EXPECT_EQ(AskPlainly("GET", "/page/7").response.body, "hello 7");
  EXPECT_EQ(AskPlainly("HEAD", "/page").response.status, 200);
  EXPECT_EQ(AskPlainly("GET", "/both").response.body, "page");
  EXPECT_EQ(Ask("/page", Handshake()).response.status, 200) << "an upgrade may be ignored";
}

TEST_F(DispatchTest, AnExceptionOfARouteIsA500) {
  EXPECT_EQ(AskPlainly("POST", "/page").response.status, 500);
}

TEST_F(DispatchTest, ARefusalSurvivesTextThatIsNotUtf8) {
  const Response response = Refusal(404, "nothing at \xff");
  EXPECT_FALSE(nlohmann::json::parse(response.body, nullptr, false).is_discarded());
}

TEST_F(DispatchTest, WhereATokenIsAskedForARequestNeedsOne) {
  const Dispatch refused = AskPlainly("GET", "/guarded/page");
  EXPECT_EQ(refused.response.status, 401);
  EXPECT_TRUE(refused.is_unauthorized);
  EXPECT_EQ(HeaderOf(refused, "WWW-Authenticate"), "Bearer");
  // Before anything else is told of the route.
  EXPECT_EQ(AskPlainly("PUT", "/guarded/page").response.status, 401);
  EXPECT_EQ(Ask("/guarded", Handshake()).response.status, 401);

  Request request;
  request.method = "GET";
  request.headers = {
      {"Authorization", "Bearer " + testing::MakeToken(testing::ClaimsFor(std::chrono::hours(1)))}};
  EXPECT_EQ(Ask("/guarded/page", request).response.body, "hello ");
  EXPECT_EQ(Ask("/guarded/page", request).authenticator, authenticator_.get());
  EXPECT_EQ(Ask("/page", request).authenticator, nullptr);
}

TEST_F(DispatchTest, AHandshakeIsAnsweredWithASubprotocolThatItAskedFor) {
  const std::string token =
      "bearer." + testing::MakeToken(testing::ClaimsFor(std::chrono::hours(1)));
  const auto answered = [&](const std::string& subprotocols) {
    Request request = Handshake();
    request.headers.emplace_back("Sec-WebSocket-Protocol", subprotocols);
    const Dispatch dispatch = Ask("/guarded", std::move(request));
    EXPECT_EQ(dispatch.upgrade, &socket_);
    return dispatch.subprotocol;
  };
  EXPECT_EQ(answered(token), token);
  EXPECT_EQ(answered("other, " + token), token);
  EXPECT_EQ(answered(token + ", talk.v1"), "talk.v1");
}

}  // namespace
}  // namespace fanfare
