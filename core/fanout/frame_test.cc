#include "core/fanout/frame.h"

#include <gtest/gtest.h>

#include <string>

namespace fanfare {
namespace {

std::string Encode(MessageType type, std::string_view payload) {
  const Message message{.type = type, .payload = payload};
  return std::string(FrameHeader(message).bytes()) + std::string(payload);
}

TEST(FrameTest, EncodesTheExamplesOfTheRfc) {
  // RFC 6455 section 5.7.
  EXPECT_EQ(Encode(MessageType::kText, "Hello"), "\x81\x05Hello");
  const std::string bytes256(256, 'x');
  EXPECT_EQ(Encode(MessageType::kBinary, bytes256), std::string("\x82\x7e\x01\x00", 4) + bytes256);
  const std::string bytes64k(65536, 'x');
  EXPECT_EQ(Encode(MessageType::kBinary, bytes64k),
            std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10) + bytes64k);
}

TEST(FrameTest, UsesTheShortestLength) {
  const auto header_bytes = [](std::size_t payload) {
    const std::string text(payload, 'x');
    return FrameHeader({.type = MessageType::kText, .payload = text}).bytes().size();
  };
  EXPECT_EQ(header_bytes(0), 2U);
  EXPECT_EQ(header_bytes(125), 2U);
  EXPECT_EQ(header_bytes(126), 4U);
  EXPECT_EQ(header_bytes(65535), 4U);
  EXPECT_EQ(header_bytes(65536), 10U);
}

TEST(FrameTest, ReadsBackWhatItEncodes) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 255, 256, 65535, 65536, 1 << 20}) {
    const std::string payload(size, 'y');
    const std::string bytes = Encode(MessageType::kBinary, payload);
    const Frame frame = ReadFrame(bytes.data());
    EXPECT_EQ(frame.bytes, bytes.size());
    EXPECT_EQ(frame.message.type, MessageType::kBinary);
    EXPECT_EQ(frame.message.payload, payload);
  }
}

}  // namespace
}  // namespace fanfare
