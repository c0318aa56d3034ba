#include "bench/message.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

constexpr Stamp kStamp = {.publisher = 15, .sequence = 0xFFFFFFFF, .sent_at = 1234567890123456789};

TEST(MessageFormatTest, StampComesBack) {
  for (const std::size_t size : {std::size_t{28}, std::size_t{64}, std::size_t{1024}}) {
    const MessageFormat format(size);
    const std::string message = format.Write(kStamp);
    EXPECT_EQ(message.size(), size);
    const Stamp read = format.Read(message).value_or(Stamp());
    EXPECT_EQ(read.publisher, kStamp.publisher);
    EXPECT_EQ(read.sequence, kStamp.sequence);
    EXPECT_EQ(read.sent_at, kStamp.sent_at);
  }
}

TEST(MessageFormatTest, RefusesOtherSizes) {
  const MessageFormat format(64);
  EXPECT_FALSE(format.Read("").has_value());
  EXPECT_FALSE(format.Read(format.Write(kStamp).substr(1)).has_value());
  EXPECT_FALSE(format.Read(format.Write(kStamp) + "x").has_value());
}

TEST(MessageFormatTest, RefusesAChangeOfAnyByte) {
  const MessageFormat format(64);
  const std::string message = format.Write(kStamp);
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string changed = message;
    changed[i] = '~';
    EXPECT_FALSE(format.Read(changed).has_value()) << i;
  }
}

}  // namespace
}  // namespace fanfare::bench
