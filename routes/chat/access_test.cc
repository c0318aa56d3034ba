#include "routes/chat/access.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace fanfare::chat {
namespace {

Who Make(fanfare::Identity identity) {
  return std::make_shared<const fanfare::Identity>(std::move(identity));
}

TEST(AccessTest, WithoutATokenAllIsAllowed) {
  EXPECT_TRUE(MayJoin(nullptr, "tea"));
  EXPECT_TRUE(MayPublish(nullptr, "tea"));
  EXPECT_TRUE(ListOf(nullptr).Has("tea"));
}

TEST(AccessTest, ATokenSaysWhatIs) {
  const Who who =
      Make({.user = "ada",
            .permissions = {
                .join = RoomPatterns::All(), .publish = *RoomPatterns::Make({"tea"}), .list = {}}});
  EXPECT_TRUE(MayJoin(who, "milk"));
  EXPECT_TRUE(MayPublish(who, "tea"));
  EXPECT_FALSE(MayPublish(who, "milk"));
  EXPECT_FALSE(ListOf(who).Has("tea"));
}

TEST(AccessTest, TheNameIsTheTokens) {
  EXPECT_EQ(NameOf(nullptr, "Ada"), "Ada");
  EXPECT_EQ(NameOf(Make({.user = "a1", .name = "Ada"}), "Grace"), "Ada");
  EXPECT_EQ(NameOf(Make({.user = "a1"}), "Grace"), "a1");
  // What no name can be: see PROTOCOL.md.
  EXPECT_EQ(NameOf(Make({.user = "a1", .name = "A\nB"}), "Grace"), "a1");
  EXPECT_EQ(NameOf(Make({.user = std::string(65, 'a'), .name = " "}), "Grace"), "guest");
}

TEST(AccessTest, ErrorsNameTheRoom) {
  const Error error = Forbidden("publish", "tea");
  EXPECT_EQ(error.code, ErrorCode::kForbidden);
  EXPECT_EQ(error.message, "your token does not let you publish in the room tea");
}

}  // namespace
}  // namespace fanfare::chat
