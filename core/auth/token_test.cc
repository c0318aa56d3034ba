#include "core/auth/token.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace fanfare {
namespace {

std::string Base64Url(std::string_view text) {
  std::string encoded = absl::WebSafeBase64Escape({text.data(), text.size()});
  while (encoded.ends_with('=')) encoded.pop_back();
  return encoded;
}

std::string WithHeader(std::string_view header) {
  return Base64Url(header) + "." + Base64Url("{}") + ".c2ln";
}

std::string Error(std::string_view text) {
  const auto token = ParseToken(text);
  EXPECT_FALSE(token.ok()) << text;
  EXPECT_EQ(token.status().code(), absl::StatusCode::kUnauthenticated);
  return std::string(token.status().message());
}

TEST(TokenTest, IsTakenApart) {
  const std::string text = WithHeader(R"({"alg": "HS256", "kid": "k1", "typ": "JWT"})");
  const auto token = ParseToken(text);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->algorithm, "HS256");
  EXPECT_EQ(token->key_id, "k1");
  EXPECT_EQ(std::string(token->parts.header) + "." + std::string(token->parts.payload) + "." +
                std::string(token->parts.signature),
            text);
}

// RFC 7515 appendix A.1.
TEST(TokenTest, TheExampleOfTheRfc) {
  const std::string text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto token = ParseToken(text);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->algorithm, "HS256");
  EXPECT_EQ(token->key_id, "");
  const auto claims = ParseClaims(*token);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ((*claims)["iss"], "joe");
  EXPECT_EQ((*claims)["exp"], 1300819380);
}

TEST(TokenTest, MustHaveThreeParts) {
  const std::string header = Base64Url(R"({"alg":"HS256"})");
  EXPECT_EQ(Error(""), "the token is no JWT: it does not have three parts");
  EXPECT_EQ(Error("abc"), "the token is no JWT: it does not have three parts");
  EXPECT_EQ(Error(header + ".e30"), "the token is no JWT: it does not have three parts");
  for (const std::string& text :
       {std::string(".."), header + "..c2ln", header + ".e30.", std::string(".e30.c2ln"),
        header + ".e30.c2ln.more", header + ".e30.c2ln."}) {
    EXPECT_EQ(Error(text), "the token is no JWT: it is not three parts of base64url") << text;
  }
}

TEST(TokenTest, MustBeBase64UrlWithoutPadding) {
  const std::string header = Base64Url(R"({"alg":"HS256"})");
  for (const std::string& text :
       {header + "=.e30.c2ln", header + ".e30=.c2ln", header + ".e30.c2ln=", header + ".e 30.c2ln",
        header + ".e30.c2+n", header + ".e30.c2/n", header + ".e30.c2l\n", header + ".e30.c2lné",
        header + ".e30.c", std::string("e\0y.e30.c2ln", 11)}) {
    EXPECT_EQ(Error(text), "the token is no JWT: it is not three parts of base64url") << text;
  }
}

TEST(TokenTest, MustNotBeTooLong) {
  const std::string start = WithHeader(R"({"alg":"HS256"})");
  EXPECT_TRUE(ParseToken(start + std::string(kMaxTokenBytes - 1 - start.size(), 'A')).ok());
  EXPECT_EQ(Error(start + std::string(kMaxTokenBytes + 1 - start.size(), 'A')),
            "the token is no JWT: it is over 8192 bytes");
}

TEST(TokenTest, TheHeaderMustBeAnObjectWhoseMembersAreThereOnce) {
  for (const std::string_view header :
       {"x", "[]", "5", "null", R"({"alg":"HS256")", R"({"alg":"HS256"} x)",
        R"({"alg":"HS256","alg":"none"})", R"({"alg":"HS256","x":{"a":1,"a":2}})",
        R"({"alg":"HS256"/**/})", "{\"alg\":\"HS256\",\"x\":\"\xff\"}",
        R"({"alg":"HS256","x":1e999})"}) {
    EXPECT_EQ(Error(WithHeader(header)),
              "the token is no JWT: its header is not a JSON object whose members are there once")
        << header;
  }
}

TEST(TokenTest, NestingHasALimit) {
  const std::string deep = std::string(2000, '[') + "1" + std::string(2000, ']');
  EXPECT_FALSE(ParseToken(WithHeader(R"({"alg":"HS256","x":)" + deep + "}")).ok());
}

TEST(TokenTest, TheAlgorithmMustBeThere) {
  EXPECT_EQ(Error(WithHeader("{}")), "the token is no JWT: its header has no \"alg\"");
  EXPECT_EQ(Error(WithHeader(R"({"alg":null})")), "the token is no JWT: its header has no \"alg\"");
  EXPECT_EQ(Error(WithHeader(R"({"alg":["HS256"]})")),
            "the token is no JWT: its header has no \"alg\"");
  EXPECT_EQ(Error(WithHeader(R"({"Alg":"HS256"})")),
            "the token is no JWT: its header has no \"alg\"");
}

TEST(TokenTest, TheKeyMustBeAString) {
  EXPECT_EQ(Error(WithHeader(R"({"alg":"HS256","kid":5})")),
            "the token is no JWT: its \"kid\" is not a string");
}

TEST(TokenTest, ExtensionsAreNotKnown) {
  EXPECT_EQ(Error(WithHeader(R"({"alg":"HS256","crit":["b64"],"b64":false})")),
            "the token needs an extension that is not known here");
  EXPECT_FALSE(ParseToken(WithHeader(R"({"alg":"HS256","crit":[]})")).ok());
}

TEST(TokenTest, ClaimsMustBeAnObjectWhoseMembersAreThereOnce) {
  const std::string header = Base64Url(R"({"alg":"HS256"})");
  for (const std::string_view payload : {"[]", "x", "5", R"({"a":1,"a":2})", R"({"a":1)"}) {
    const std::string text = header + "." + Base64Url(payload) + ".c2ln";
    const auto token = ParseToken(text);
    ASSERT_TRUE(token.ok());
    const auto claims = ParseClaims(*token);
    EXPECT_EQ(claims.status().message(),
              "the token is no JWT: its payload is not a JSON object whose members are there once")
        << payload;
  }
}

}  // namespace
}  // namespace fanfare
