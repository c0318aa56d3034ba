#include "routes/chat/typing_gate.h"

#include <gtest/gtest.h>

namespace fanfare::chat {
namespace {

using std::chrono::milliseconds;

constexpr TypingGate::Time kStart{};

TEST(TypingGateTest, OneInEachPauseIsPassedOn) {
  TypingGate gate;
  EXPECT_TRUE(gate.Pass(true, kStart));
  EXPECT_FALSE(gate.Pass(true, kStart));
  EXPECT_FALSE(gate.Pass(true, kStart + kTypingPause - milliseconds(1)));
  EXPECT_TRUE(gate.Pass(true, kStart + kTypingPause));
  // Counted from the last one that was passed on.
  EXPECT_FALSE(gate.Pass(true, kStart + 2 * kTypingPause - milliseconds(1)));
  EXPECT_TRUE(gate.Pass(true, kStart + 2 * kTypingPause));
}

TEST(TypingGateTest, WhoIsNotTypingDoesNotStop) {
  TypingGate gate;
  EXPECT_FALSE(gate.Pass(false, kStart));
  gate.Pass(true, kStart);
  EXPECT_TRUE(gate.Pass(false, kStart));
  EXPECT_FALSE(gate.Pass(false, kStart));
}

TEST(TypingGateTest, WhoStoppedMayBeginAtOnce) {
  TypingGate gate;
  EXPECT_TRUE(gate.Pass(true, kStart));
  EXPECT_TRUE(gate.Pass(false, kStart));
  EXPECT_TRUE(gate.Pass(true, kStart + milliseconds(1)));
  EXPECT_FALSE(gate.Pass(true, kStart + milliseconds(2)));
}

TEST(TypingGateTest, AMessageEndsIt) {
  TypingGate gate;
  gate.Pass(true, kStart);
  gate.Said();
  EXPECT_FALSE(gate.Pass(false, kStart));
  EXPECT_TRUE(gate.Pass(true, kStart + milliseconds(1))) << "of the next message";
}

}  // namespace
}  // namespace fanfare::chat
