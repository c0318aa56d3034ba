#include "core/net/frame_scanner.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fanfare {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kContinuation = 0;
constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kPing = 9;

// A masked frame, with its length in the shortest form.
std::string Frame(std::uint8_t first, std::size_t length) {
  std::string frame(1, static_cast<char>(first));
  int extended = 0;
  if (length < 126) {
    frame += static_cast<char>(0x80 | length);
  } else if (length < 65536) {
    frame += static_cast<char>(0x80 | 126);
    extended = 2;
  } else {
    frame += static_cast<char>(0x80 | 127);
    extended = 8;
  }
  for (int i = extended - 1; i >= 0; --i) frame += static_cast<char>(length >> (8 * i) & 0xff);
  return frame + "mask" + std::string(length, 'x');
}

// After which of its bytes the stream is between two messages.
std::vector<std::size_t> Boundaries(const std::string& stream) {
  std::vector<std::size_t> boundaries;
  FrameScanner scanner;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    scanner.Scan({&stream[i], 1});
    if (scanner.between_messages()) boundaries.push_back(i + 1);
  }
  return boundaries;
}

TEST(FrameScannerTest, StartsBetweenMessages) {
  EXPECT_TRUE(FrameScanner().between_messages());
}

TEST(FrameScannerTest, FindsTheEndsOfFramesOfAllLengths) {
  std::string stream;
  std::vector<std::size_t> ends;
  for (const std::size_t length : {0, 1, 125, 126, 127, 65535, 65536, 70000, 3}) {
    stream += Frame(kFinal | kText, length);
    ends.push_back(stream.size());
  }
  EXPECT_EQ(Boundaries(stream), ends);
}

TEST(FrameScannerTest, AFragmentedMessageEndsWithItsLastFragment) {
  const std::string message =
      Frame(kText, 5) + Frame(kContinuation, 0) + Frame(kFinal | kContinuation, 3);
  EXPECT_EQ(Boundaries(message), std::vector<std::size_t>{message.size()});
}

TEST(FrameScannerTest, ControlFramesAreNoMessagesAndEndNone) {
  const std::string ping = Frame(kFinal | kPing, 4);
  const std::string message = Frame(kText, 5) + ping + Frame(kFinal | kContinuation, 3);
  EXPECT_EQ(Boundaries(ping + message),
            (std::vector<std::size_t>{ping.size(), ping.size() + message.size()}));
}

TEST(FrameScannerTest, TakesAnyPieces) {
  std::string stream;
  for (const std::size_t length : {0, 200, 7, 70000, 125}) stream += Frame(kFinal | kText, length);
  for (const std::size_t piece : {1, 2, 3, 7, 100, 4096, 65536}) {
    FrameScanner scanner;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      scanner.Scan(std::string_view(stream).substr(at, piece));
    }
    EXPECT_TRUE(scanner.between_messages()) << "in pieces of " << piece;
  }
}

TEST(FrameScannerTest, UnmaskedFramesAreFollowedToo) {
  FrameScanner scanner;
  scanner.Scan(std::string("\x81\x02hi", 4));
  EXPECT_TRUE(scanner.between_messages());
}

TEST(FrameScannerTest, CountsFrames) {
  FrameScanner scanner;
  EXPECT_EQ(scanner.message_frames(), 0U);
  scanner.Scan(Frame(kFinal | kText, 5));
  EXPECT_EQ(scanner.message_frames(), 1U);
  scanner.Scan(Frame(kText, 5) + Frame(kFinal | kPing, 0) + Frame(kContinuation, 0));
  EXPECT_EQ(scanner.message_frames(), 2U);
  EXPECT_EQ(scanner.control_frames(), 1U);
  scanner.Scan(Frame(kContinuation, 0) + Frame(kFinal | kContinuation, 3));
  EXPECT_EQ(scanner.message_frames(), 4U);
  scanner.Scan(Frame(kFinal | kPing, 0) + Frame(kFinal | kText, 0));
  EXPECT_EQ(scanner.message_frames(), 1U);
  EXPECT_EQ(scanner.control_frames(), 2U);
}

}  // namespace
}  // namespace fanfare
