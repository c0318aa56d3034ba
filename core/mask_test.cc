#include "core/mask.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace fanfare {
namespace {

constexpr std::string_view kJwt =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.dBjftJeZ4CVP-mB92K27uhb_UA";

TEST(MaskTest, KeepsWhatIsNoSecret) {
  for (const std::string_view text :
       {"", "hello", R"({"type":"publish","id":"1","room":"lobby","text":"a = b: c"})",
        "GET /chat/lobby?name=Ada&history=20", "the key", "token", "what is the password?",
        "100% of \\ and \\\" and \xff\x00", "%", "%2", "%zz", "\\u12", "Bearer", "bearer.",
        "eyJ is not a token here", R"({"token":""})", "token=&a=b"}) {
    EXPECT_EQ(MaskSecrets(text), text);
  }
}

TEST(MaskTest, MembersOfJson) {
  EXPECT_EQ(MaskSecrets(R"({"type":"resume","session":"q0Xb","token":"Zm9v"})"),
            R"({"type":"resume","session":"q0Xb","token":"***"})");
  EXPECT_EQ(MaskSecrets("{\"ToKeN\" :\n \"Zm9v\", \"b\": 1}"), "{\"ToKeN\" :\n \"***\", \"b\": 1}");
  for (const std::string name : {"token", "access_token", "accessToken", "key", "api-key",
                                 "X.Api.Key", "keys", "secret", "client_secret", "password",
                                 "passwd", "Authorization", "cookie", "Set-Cookie", "api key"}) {
    EXPECT_EQ(MaskSecrets(R"([{")" + name + R"(":"abc"},"abc"])"),
              R"([{")" + name + R"(":"***"},"abc"])");
  }
  EXPECT_EQ(MaskSecrets(R"({"key":12.5e+3,"a":1})"), R"({"key":***,"a":1})");
  EXPECT_EQ(MaskSecrets(R"({"key": null})"), R"({"key": ***})");
  EXPECT_EQ(MaskSecrets(R"({'key': 'a"b', 'c': 1})"), R"({'key': '***', 'c': 1})");
}

TEST(MaskTest, EscapesInAStringDoNotEndIt) {
  EXPECT_EQ(MaskSecrets(R"({"token":"a\"b","c":"d"})"), R"({"token":"***","c":"d"})");
  EXPECT_EQ(MaskSecrets(R"({"token":"a\\","c":"d"})"), R"({"token":"***","c":"d"})");
  EXPECT_EQ(MaskSecrets(R"({"token":"a\\\"b","c":"d"})"), R"({"token":"***","c":"d"})");
  EXPECT_EQ(MaskSecrets(R"({"token":"a%22b","c":"d"})"), R"({"token":"***","c":"d"})");
}

TEST(MaskTest, ObjectsAndArraysAsAWhole) {
  EXPECT_EQ(MaskSecrets(R"({"keys":["a","b]}",{"c":[1]}],"d":1})"), R"({"keys":***,"d":1})");
  EXPECT_EQ(MaskSecrets(R"({"key":{"kty":"oct","k":"se}cret"}})"), R"({"key":***})");
  EXPECT_EQ(MaskSecrets(R"({"a":{"b":[{"secret":"x","c":1}]}})"),
            R"({"a":{"b":[{"secret":"***","c":1}]}})");
}

TEST(MaskTest, JsonThatIsAStringOfOtherJson) {
  EXPECT_EQ(MaskSecrets(R"({"text":"{\"token\":\"a b\",\"c\":\"d\"}","e":"f"})"),
            R"({"text":"{\"token\":\"***\",\"c\":\"d\"}","e":"f"})");
  EXPECT_EQ(MaskSecrets(R"({"text":"{\"token\":\"a\\\"b\",\"c\":1}"})"),
            R"({"text":"{\"token\":\"***\",\"c\":1}"})");
  EXPECT_EQ(MaskSecrets(R"("{\"x\":\"{\\\"token\\\":\\\"a\\\",\\\"c\\\":1}\"}")"),
            R"("{\"x\":\"{\\\"token\\\":\\\"***\\\",\\\"c\\\":1}\"}")");
  EXPECT_EQ(MaskSecrets(R"("{\"keys\":[\"a\",\"b\"],\"c\":1}")"), R"("{\"keys\":***,\"c\":1}")");
  // The string around it ends first.
  EXPECT_EQ(MaskSecrets(R"(["{\"token\":\"ab","c"])"), R"(["{\"token\":\"***","c"])");
  EXPECT_EQ(MaskSecrets(R"(["{\"keys\":[\"ab","c"])"), R"(["{\"keys\":***","c"])");
}

TEST(MaskTest, NamesWithEscapes) {
  EXPECT_EQ(MaskSecrets(R"({"\u0074oken":"abc"})"), R"({"\u0074oken":"***"})");
  EXPECT_EQ(MaskSecrets(R"({"to\u006Ben":"abc"})"), R"({"to\u006Ben":"***"})");
  EXPECT_EQ(MaskSecrets("?t%6Fken=abc&d=e"), "?t%6Fken=***&d=e");
  EXPECT_EQ(MaskSecrets(R"("line\ntoken=abc")"), R"("line\ntoken=***")");
}

TEST(MaskTest, JsonThatIsCutOff) {
  for (const std::string_view shown :
       {R"({"token":"***)", R"({"keys":***)", R"("{\"token\":\"***)", R"({"token":***)"}) {
    const std::string text(shown.substr(0, shown.find("***")));
    for (const char* rest : {"a", "abc"}) {
      EXPECT_EQ(MaskSecrets(text + rest), shown) << rest;
    }
  }
  EXPECT_EQ(MaskSecrets(R"({"token":"abc\)"), R"({"token":"***)");
  EXPECT_EQ(MaskSecrets(R"({"keys":["abc\)"), R"({"keys":***)");
  EXPECT_EQ(MaskSecrets(R"({"token":)"), R"({"token":)");
  EXPECT_EQ(MaskSecrets(R"({"token)"), R"({"token)");
}

TEST(MaskTest, QueriesAndForms) {
  EXPECT_EQ(MaskSecrets("GET /chat?token=abc&name=Ada&api_key=d;e HTTP/1.1"),
            "GET /chat?token=***&name=Ada&api_key=*** HTTP/1.1");
  EXPECT_EQ(MaskSecrets("keys[]=a&keys[0]=b&user[secret]=c&d=e"),
            "keys[]=***&keys[0]=***&user[secret]=***&d=e");
  EXPECT_EQ(MaskSecrets("token=a%26b&c=d"), "token=***&c=d");
  EXPECT_EQ(MaskSecrets("?next=%2Fchat%3Ftoken%3Dabc%26name%3DAda"),
            "?next=%2Fchat%3Ftoken%3D***%26name%3DAda");
  EXPECT_EQ(MaskSecrets("?q=%7B%22token%22%3A%22a%20b%22%2C%22c%22%3A1%7D"),
            "?q=%7B%22token%22%3A%22***%22%2C%22c%22%3A1%7D");
  EXPECT_EQ(MaskSecrets(R"({"url":"/x?token=abc","b":"{\"url\":\"/x?key=d\",\"e\":1}"})"),
            R"({"url":"/x?token=***","b":"{\"url\":\"/x?key=***\",\"e\":1}"})");
}

TEST(MaskTest, Headers) {
  EXPECT_EQ(
      MaskSecrets("Authorization: Digest u=\"a\", r=\"b\"\r\nHost: c\r\nCookie: d=e; f=\"g\""),
      "Authorization: ***\r\nHost: c\r\nCookie: ***");
  EXPECT_EQ(MaskSecrets("X-Api-Key: abc def\nHost: c"), "X-Api-Key: ***\nHost: c");
  EXPECT_EQ(MaskSecrets(R"({"text":"my key: abc","a":1})"), R"({"text":"my key: ***","a":1})");
}

TEST(MaskTest, BearerTokens) {
  EXPECT_EQ(MaskSecrets("(Bearer Zm9v==)"), "(Bearer ***)");
  EXPECT_EQ(MaskSecrets("BEARER   a-b._~+/=, c"), "BEARER   ***, c");
  EXPECT_EQ(MaskSecrets("a=Bearer%20abc&b=Bearer+def&c=d"), "a=Bearer%20***&b=Bearer+***&c=d");
  EXPECT_EQ(MaskSecrets("fanfare.chat.v1, bearer.abc+d, Bearer.x.y"),
            "fanfare.chat.v1, bearer.***, Bearer.***");
}

TEST(MaskTest, WebTokensWhereverTheyAre) {
  const std::string jwt(kJwt);
  EXPECT_EQ(MaskSecrets(jwt), "***");
  EXPECT_EQ(MaskSecrets("say \"" + jwt + "\" twice: " + jwt + "."), "say \"***\" twice: ***");
  EXPECT_EQ(MaskSecrets("/chat/" + jwt + "/x"), "/chat/***/x");
  EXPECT_EQ(MaskSecrets("auth." + jwt), "auth.***");
  // Without a signature.
  EXPECT_EQ(MaskSecrets("eyJhbGciOiJub25lIn0.eyJhIjoxfQ., b"), "***, b");
  // Cut off anywhere.
  for (std::size_t bytes = 3; bytes < jwt.size(); ++bytes) {
    EXPECT_EQ(MaskSecrets("a " + jwt.substr(0, bytes)), "a ***");
  }
}

TEST(MaskTest, WebTokensWhoseJsonIsNotCompact) {
  // {"alg":"HS256"} with a space, a line, a line of Windows and a tab behind its brace.
  for (const std::string header : {"eyAiYWxnIjoiSFMyNTYifQ", "ewogICJhbGciOiAiSFMyNTYiCn0",
                                   "ew0KICAiYWxnIjogIkhTMjU2Ig0KfQ", "ewkiYWxnIjoiSFMyNTYifQ"}) {
    const std::string jwt = header + ".eyJzdWIiOiJhZGEifQ.dBjftJeZ4CVP-mB92K27uhb_UA";
    EXPECT_EQ(MaskSecrets(jwt), "***");
    EXPECT_EQ(MaskSecrets("say (" + jwt + "), and so on"), "say (***), and so on");
    EXPECT_EQ(MaskSecrets("/chat/" + jwt + "/x"), "/chat/***/x");
    EXPECT_EQ(MaskSecrets("a " + jwt.substr(0, header.size())), "a ***");
  }
  // The payload tells it: this header begins with a space.
  EXPECT_EQ(MaskSecrets("a IHsiYWxnIjoiSFMyNTYifQ.eyJzdWIiOiJhZGEifQ.dBjftJeZ4CVP b"), "a *** b");
  EXPECT_EQ(MaskSecrets("a IHsiYWxnIn0.ewoic3ViIjoiYWRhIn0.dBjftJeZ4CVP b"), "a *** b");
  for (const std::string_view text : {"ewok.example.com is", "a homework.example.com b"}) {
    EXPECT_EQ(MaskSecrets(text), text);
  }
}

// Text that is made to take long, and text without sense: it comes to an end, and no secret is in
// what comes out.
TEST(MaskTest, TakesAnyText) {
  constexpr std::size_t kBytes = 100'000;
  for (const std::string_view piece :
       {"\\",      "%5C",   "\\%5C",      "key", "key ", "key[", "key[key]",
        "key\\",   "key\"", "[\"key\":[", "eyJ", "eyJ.", "a.",   "bearer.",
        "bearer ", "\\u",   "key=\\",     "\"",  "{",    "%22"}) {
    std::string text;
    while (text.size() < kBytes) text += piece;
    EXPECT_LE(MaskSecrets(text).size(), 2 * text.size()) << piece;
  }
  std::minstd_rand random(1);
  constexpr std::string_view kPieces[] = {"\"", "\\", "\\\"", ":", "=",   "{",   "}",   "[",
                                          "]",  "&",  " ",    "%", "%22", "%3a", "key", "token",
                                          "a",  ".",  "eyJ",  ",", "\n",  "'",   "u0",  "bearer"};
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (std::size_t pieces = random() % 30; pieces > 0; --pieces) {
      text += kPieces[random() % std::size(kPieces)];
    }
    text += R"(,"token":"SECRET")";
    EXPECT_EQ(MaskSecrets(text).find("SECRET"), std::string::npos) << text;
    EXPECT_LE(MaskSecrets(text).size(), 2 * text.size());
  }
}

}  // namespace
}  // namespace fanfare
