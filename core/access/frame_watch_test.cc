#include "core/access/frame_watch.h"

#include <gtest/gtest.h>

namespace fanfare {
namespace {

using Verdict = FrameWatch::Verdict;
using std::chrono::milliseconds;

constexpr FrameWatch::Time kStart(std::chrono::hours(1));

TEST(FrameWatchTest, AMessageMayBeInSoManyFrames) {
  const Limits limits{.message_frames = 3};
  FrameWatch watch;
  EXPECT_EQ(watch.Count(1, 0, limits, kStart), Verdict::kGoOn);
  EXPECT_EQ(watch.Count(3, 0, limits, kStart), Verdict::kGoOn);
  EXPECT_EQ(watch.Count(4, 0, limits, kStart), Verdict::kMessageTooFragmented);
}

TEST(FrameWatchTest, ControlFramesAreCountedForASecond) {
  const Limits limits{.control_frames_per_second = 10};
  FrameWatch watch;
  EXPECT_EQ(watch.Count(1, 10, limits, kStart), Verdict::kGoOn);
  EXPECT_EQ(watch.Count(1, 0, limits, kStart), Verdict::kGoOn);
  EXPECT_EQ(watch.Count(1, 1, limits, kStart + milliseconds(999)), Verdict::kTooManyControlFrames);
  EXPECT_EQ(watch.Count(1, 10, limits, kStart + milliseconds(1000)), Verdict::kGoOn);
  EXPECT_EQ(watch.Count(1, 1, limits, kStart + milliseconds(1500)), Verdict::kTooManyControlFrames);
}

TEST(FrameWatchTest, ZeroIsNoLimitOfControlFrames) {
  const Limits limits{.control_frames_per_second = 0};
  FrameWatch watch;
  EXPECT_EQ(watch.Count(1, 1'000'000, limits, kStart), Verdict::kGoOn);
}

}  // namespace
}  // namespace fanfare
