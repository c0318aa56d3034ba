#include "core/request.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace fanfare {
namespace {

TEST(RequestTest, NamesAreFoundAsTheyAreMeant) {
  Request request;
  request.params = {{"room", "tea"}};
  request.query = {{"a", "1"}, {"a", "2"}};
  request.headers = {{"Content-Length", "7"}};
  EXPECT_EQ(request.Param("room"), "tea");
  EXPECT_EQ(request.Param("Room"), "");
  EXPECT_EQ(request.Query("a"), "1");
  EXPECT_EQ(request.Header("content-LENGTH"), "7");
  EXPECT_EQ(request.Header("content"), "");
}

TEST(RequestTest, NumbersOfTheQuery) {
  Request request;
  const auto number = [&](const char* text) {
    request.query = {{"limit", text}};
    return request.QueryNumber("limit", 1, 100, 50);
  };
  EXPECT_EQ(number("1"), 1U);
  EXPECT_EQ(number("100"), 100U);
  EXPECT_EQ(number("007"), 7U);
  EXPECT_EQ(number(""), 50U);
  for (const char* text :
       {"0", "101", "-1", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "x", "18446744073709551617"}) {
    EXPECT_EQ(number(text), std::nullopt) << text;
  }
  EXPECT_EQ(request.QueryNumber("other", 1, 100, 50), 50U);
  request.query = {{"all", "18446744073709551615"}};
  EXPECT_EQ(request.QueryNumber("all", 0, std::numeric_limits<std::uint64_t>::max(), 0),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(RequestTest, WhetherTheBodyIsJson) {
  Request request;
  EXPECT_FALSE(request.HasJson());
  for (const char* type : {"application/json", "Application/JSON",
                           "application/json; charset=utf-8", " application/json ;x"}) {
    request.headers = {{"Content-Type", type}};
    EXPECT_TRUE(request.HasJson()) << type;
  }
  for (const char* type : {"", "text/plain", "application/jsonp", "application/json2;", "; json"}) {
    request.headers = {{"Content-Type", type}};
    EXPECT_FALSE(request.HasJson()) << type;
  }
}

}  // namespace
}  // namespace fanfare
