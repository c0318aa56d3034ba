#include "bench/json_frames.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(JsonFramesTest, PublishesAText) {
  EXPECT_EQ(JsonPublish("r", 7, "hi"), R"({"type":"publish","id":"7","room":"r","text":"hi"})");
}

TEST(JsonFramesTest, FindsTheTextOfMessagesOnly) {
  EXPECT_EQ(JsonMessageText(R"({"type":"message","offset":1,"from":{"name":"A"},"text":"hi"})"),
            "hi");
  EXPECT_EQ(JsonMessageText(R"({"type":"edit","text":"hi"})"), std::nullopt);
  EXPECT_EQ(JsonMessageText(R"({"type":"message","data":1})"), std::nullopt);
  EXPECT_EQ(JsonMessageText(R"({"type":"message","data":"x"})"), std::nullopt);
  EXPECT_EQ(JsonMessageText(R"({"type":"message","text":""})"), "");
  EXPECT_EQ(JsonMessageText(R"({"type":"message",)"), std::nullopt);
  EXPECT_EQ(JsonMessageText(R"({"type":"message","})"), std::nullopt);
}

TEST(JsonFramesTest, OnlyErrorsAreErrors) {
  EXPECT_TRUE(CheckJsonFrame(R"({"type":"ack","id":"1"})").ok());
  EXPECT_FALSE(CheckJsonFrame(R"({"type":"error","code":"not_joined"})").ok());
}

}  // namespace
}  // namespace fanfare::bench
