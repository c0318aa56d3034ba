#include "core/net/ending.h"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <string>

namespace fanfare {
namespace {

namespace websocket = beast::websocket;

TEST(EndingTest, AReasonIsCutBetweenTwoCharacters) {
  EXPECT_EQ(CutReason("short"), "short");
  EXPECT_EQ(CutReason(std::string(200, 'x')), std::string(123, 'x'));
  // 122 bytes and a character of two.
  EXPECT_EQ(CutReason(std::string(122, 'x') + "é"), std::string(122, 'x'));
  EXPECT_EQ(CutReason(std::string(121, 'x') + "é"), std::string(121, 'x') + "é");
}

TEST(EndingTest, ACloseFrameHasCodeAndReason) {
  EXPECT_EQ(CloseFrame(CloseCode::kNormal, ""), "\x88\x02\x03\xe8");
  EXPECT_EQ(CloseFrame(CloseCode::kTryAgainLater, "bye"),
            "\x88\x05\x03\xf5"
            "bye");
}

TEST(EndingTest, SaysWhatThePeerSaid) {
  const error_code closed = websocket::error::closed;
  EXPECT_EQ(ToText(EndingOf(closed, {})), "");
  EXPECT_EQ(ToText(EndingOf(closed, {websocket::close_code::normal})), "1000");
  EXPECT_EQ(ToText(EndingOf(closed, {websocket::close_code::going_away, "a\nb"})),
            "1001 \"a\\nb\"");
}

TEST(EndingTest, SaysWhatWasWrongWithThePeer) {
  const auto text = [](error_code ec) { return ToText(EndingOf(ec, {})); };
  EXPECT_EQ(text(websocket::error::message_too_big).substr(0, 4), "1009");
  EXPECT_EQ(text(websocket::error::bad_frame_payload).substr(0, 4), "1007");
  EXPECT_EQ(text(websocket::error::bad_opcode).substr(0, 4), "1002");
  EXPECT_EQ(text(net::error::eof), "closed without a close frame");
  EXPECT_EQ(text(net::error::connection_reset), "Connection reset by peer");
}

}  // namespace
}  // namespace fanfare
