#include "core/auth/token_source.h"

#include <gtest/gtest.h>

#include <string>

namespace fanfare {
namespace {

Request With(Request::Fields headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

// The token that is found, which must be one.
std::string Find(const Request& request, std::string_view cookie = "") {
  const auto shown = FindToken(request, cookie);
  EXPECT_TRUE(shown.ok()) << shown.status();
  return shown.ok() ? std::string(shown->token) : "";
}

absl::StatusCode CodeOf(const Request& request, std::string_view cookie = "") {
  return FindToken(request, cookie).status().code();
}

TEST(TokenSourceTest, TheAuthorizationHeader) {
  EXPECT_EQ(Find(With({{"Authorization", "Bearer a.b.c"}})), "a.b.c");
  EXPECT_EQ(Find(With({{"authorization", "bearer   a.b.c "}})), "a.b.c");
  EXPECT_EQ(Find(With({{"Authorization", "Bearer "}})), "");
}

TEST(TokenSourceTest, OtherSchemesAreNotOurs) {
  for (const char* value : {"Basic YTpi", "Bearer", "Bearera.b.c", "", "a.b.c"}) {
    EXPECT_EQ(CodeOf(With({{"Authorization", value}})), absl::StatusCode::kNotFound) << value;
  }
}

TEST(TokenSourceTest, Subprotocols) {
  const Request request =
      With({{"Sec-WebSocket-Protocol", "talk.v1, bearer.a.b.c"}, {"Origin", "x"}});
  const auto shown = FindToken(request, "");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->token, "a.b.c");
  EXPECT_EQ(shown->subprotocol, "bearer.a.b.c");
  EXPECT_FALSE(shown->is_from_cookie);
  EXPECT_EQ(Find(With({{"Sec-WebSocket-Protocol", "talk.v1"},
                       {"sec-websocket-protocol", "bearer.a.b.c"}})),
            "a.b.c");
  EXPECT_EQ(CodeOf(With({{"Sec-WebSocket-Protocol", "talk.v1, bearer, Bearer.a.b.c"}})),
            absl::StatusCode::kNotFound);
}

TEST(TokenSourceTest, Cookies) {
  const Request request = With({{"Cookie", "a=b; token=a.b.c; tokens=d"}});
  const auto shown = FindToken(request, "token");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->token, "a.b.c");
  EXPECT_TRUE(shown->is_from_cookie);
  EXPECT_EQ(shown->subprotocol, "");
  EXPECT_EQ(Find(With({{"cookie", "a"}, {"cookie", "token=\"a.b.c\""}}), "token"), "a.b.c");
  EXPECT_EQ(CodeOf(request, "Token"), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(With({{"Cookie", "xtoken=a.b.c; token"}}), "token"),
            absl::StatusCode::kNotFound);
}

TEST(TokenSourceTest, WithoutANameNoCookieIsLookedAt) {
  EXPECT_EQ(CodeOf(With({{"Cookie", "=a.b.c; token=a.b.c"}})), absl::StatusCode::kNotFound);
}

TEST(TokenSourceTest, NoneAtAll) {
  EXPECT_EQ(CodeOf(With({})), absl::StatusCode::kNotFound);
}

TEST(TokenSourceTest, SeveralMustBeTheSame) {
  Request request = With({{"Cookie", "token=a.b.c"},
                          {"Authorization", "Bearer a.b.c"},
                          {"Sec-WebSocket-Protocol", "bearer.a.b.c"}});
  const auto shown = FindToken(request, "token");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->token, "a.b.c");
  EXPECT_FALSE(shown->is_from_cookie);
  EXPECT_EQ(shown->subprotocol, "bearer.a.b.c");

  for (const auto& [name, value] : Request::Fields{{"Authorization", "Bearer d.e.f"},
                                                   {"Sec-WebSocket-Protocol", "bearer.d.e.f"},
                                                   {"Cookie", "token=d.e.f"},
                                                   {"Authorization", "Bearer "}}) {
    Request several = request;
    several.headers.emplace_back(name, value);
    const absl::Status status = FindToken(several, "token").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(std::string(status.message()).find("d.e.f"), std::string::npos);
  }
}

}  // namespace
}  // namespace fanfare
