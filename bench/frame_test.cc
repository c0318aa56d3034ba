#include "bench/frame.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

// Lengths on both sides of each of the three length encodings.
constexpr std::size_t kLengths[] = {0, 1, 125, 126, 127, 0xFFFF, 0x10000};

TEST(FrameTest, ServerFrameComesBack) {
  for (const std::size_t length : kLengths) {
    const std::string payload(length, 's');
    std::string wire;
    AppendServerFrame(Opcode::kText, payload, wire);
    const Frame frame = ParseFrame(wire).value_or(Frame());
    EXPECT_EQ(frame.opcode, Opcode::kText);
    EXPECT_EQ(frame.payload, payload);
    EXPECT_EQ(frame.wire_bytes, wire.size());
  }
}

TEST(FrameTest, ClientFrameIsMaskedAndComesBack) {
  for (const std::size_t length : kLengths) {
    const std::string payload(length, 'c');
    std::string wire;
    AppendClientFrame(Opcode::kBinary, payload, wire);
    EXPECT_NE(wire[1] & 0x80, 0);
    const Frame frame = ParseFrame(wire).value_or(Frame());
    EXPECT_EQ(frame.opcode, Opcode::kBinary);
    EXPECT_EQ(frame.payload, payload);
  }
}

// The unmasked "Hello" of RFC 6455, section 5.7.
TEST(FrameTest, WritesTheExampleOfTheRfc) {
  std::string wire;
  AppendServerFrame(Opcode::kText, "Hello", wire);
  EXPECT_EQ(wire, "\x81\x05Hello");
}

TEST(FrameTest, EveryShortPrefixIsIncompleteAndUntouched) {
  std::string wire;
  AppendClientFrame(Opcode::kText, std::string(200, 'x'), wire);
  for (std::size_t length = 0; length < wire.size(); ++length) {
    std::string prefix = wire.substr(0, length);
    EXPECT_FALSE(ParseFrame(prefix).has_value()) << length;
    EXPECT_EQ(prefix, wire.substr(0, length));
  }
}

TEST(FrameTest, ALengthBeyondAllMemoryIsIncomplete) {
  std::string wire = "\x82\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFpayload";
  EXPECT_FALSE(ParseFrame(wire).has_value());
}

}  // namespace
}  // namespace fanfare::bench
