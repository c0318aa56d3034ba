#include "routes/chat/http.h"

#include <gtest/gtest.h>

namespace fanfare::chat {
namespace {

TEST(HttpTest, Errors) {
  const Response response = ErrorAnswer({.code = ErrorCode::kBadRoom, .message = "\"x\" is none"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, R"({"error":{"code":"bad_room","message":"\"x\" is none"}})"
                           "\n");
  EXPECT_EQ(ErrorAnswer({.code = ErrorCode::kTooLarge, .message = ""}).status, 413);
  EXPECT_EQ(ErrorAnswer({.code = ErrorCode::kTooDeep, .message = ""}).status, 400);
  EXPECT_EQ(TooManyRooms().status, 503);
}

TEST(HttpTest, NumbersOfTheQuery) {
  Request request;
  const auto number = [&](const char* text) {
    request.query = {{"limit", text}};
    const auto got = NumberOf(request, "limit", 1, 100, 50);
    return std::holds_alternative<Error>(got) ? -1 : static_cast<int>(std::get<0>(got));
  };
  EXPECT_EQ(number("100"), 100);
  EXPECT_EQ(number(""), 50);
  EXPECT_EQ(number("101"), -1);
  const auto wrong = NumberOf(request, "limit", 1, 100, 50);
  EXPECT_EQ(std::get<Error>(wrong).message, "\"limit\" must be a whole number from 1 to 100");
  request.query.clear();
  EXPECT_EQ(std::get<0>(NumberOf(request, "limit", 1, 100, 50)), 50U);
}

TEST(HttpTest, TheRoomOfThePath) {
  Request request;
  request.params = {{"room", "tea:1@x.y~z-_"}};
  EXPECT_EQ(std::get<std::string>(RoomOf(request)), "tea:1@x.y~z-_");
  for (const std::string& name : {std::string(), std::string("a b"), std::string("é"),
                                  std::string("a/b"), std::string(129, 'x')}) {
    request.params = {{"room", name}};
    EXPECT_EQ(std::get<Error>(RoomOf(request)).code, ErrorCode::kBadRoom) << name;
  }
}

}  // namespace
}  // namespace fanfare::chat
