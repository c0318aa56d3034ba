#include "core/near_name.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

const std::set<std::string, std::less<>> kNames = {"message_bytes", "outbox_bytes", "log_bytes",
                                                   "route", "id"};

TEST(NearNameTest, FindsWhatWasMeant) {
  // A letter left out, added, replaced, swapped; several of them.
  EXPECT_EQ(NearName("mesage_bytes", kNames), "message_bytes");
  EXPECT_EQ(NearName("routes", kNames), "route");
  EXPECT_EQ(NearName("rouge", kNames), "route");
  EXPECT_EQ(NearName("ruote", kNames), "route");
  EXPECT_EQ(NearName("di", kNames), "id");
  EXPECT_EQ(NearName("MessageBytes", kNames), "message_bytes");
  EXPECT_EQ(NearName("messagebyte", kNames), "message_bytes");
}

TEST(NearNameTest, TakesTheNearest) {
  EXPECT_EQ(NearName("log_byte", kNames), "log_bytes");
  EXPECT_EQ(NearName("aa", {"ab", "aa"}), "aa");
}

TEST(NearNameTest, FindsNothingFarAway) {
  EXPECT_EQ(NearName("threads", kNames), "");
  EXPECT_EQ(NearName("xy", kNames), "");
  EXPECT_EQ(NearName("", kNames), "");
  EXPECT_EQ(NearName("route", {}), "");
  EXPECT_EQ(NearName(std::string(1'000'000, 'x'), kNames), "");
}

}  // namespace
}  // namespace fanfare
