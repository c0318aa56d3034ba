#include "core/access/session_rate.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fanfare {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = SessionRate::Verdict;

constexpr SessionRate::Time kStart{seconds(1000)};

Limits Rates(std::size_t messages, std::size_t bytes, seconds patience = seconds(5)) {
  Limits limits;
  limits.messages_per_second = messages;
  limits.bytes_per_second = bytes;
  limits.rate_time = patience;
  return limits;
}

// Sends as fast as it may for so long; returns what came of the last message.
Verdict Flood(SessionRate& rate, SessionRate::Time from, SessionRate::Time to) {
  Verdict verdict = Verdict::kGoOn;
  for (SessionRate::Time now = from; now <= to && verdict != Verdict::kTooMuch;) {
    verdict = rate.CountMessage(now);
    if (verdict == Verdict::kWait || verdict == Verdict::kWarn) now = rate.ready_at();
  }
  return verdict;
}

TEST(SessionRateTest, OffByDefault) {
  EXPECT_FALSE(SessionRate::IsLimited(Limits()));
  EXPECT_TRUE(SessionRate::IsLimited(Rates(1, 0)));
  EXPECT_TRUE(SessionRate::IsLimited(Rates(0, 1)));
}

TEST(SessionRateTest, OneSecondsWorthMayComeAtOnce) {
  SessionRate rate(Rates(10, 0));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rate.CountMessage(kStart), Verdict::kGoOn) << i;
  EXPECT_EQ(rate.CountMessage(kStart), Verdict::kWait);
  EXPECT_EQ(rate.ready_at(), kStart + milliseconds(100));
  EXPECT_EQ(rate.setting(), "limits.messages_per_second");
}

TEST(SessionRateTest, AtItsRateASessionNeverWaits) {
  SessionRate rate(Rates(10, 1000));
  for (int i = 0; i < 1000; ++i) {
    const SessionRate::Time now = kStart + i * milliseconds(100);
    ASSERT_EQ(rate.CountBytes(100, now), Verdict::kGoOn) << i;
    ASSERT_EQ(rate.CountMessage(now), Verdict::kGoOn) << i;
  }
}

TEST(SessionRateTest, MoreBytesThanTheBurstHaveToBePaidFor) {
  SessionRate rate(Rates(0, 1000));
  EXPECT_EQ(rate.CountBytes(1000, kStart), Verdict::kGoOn);
  EXPECT_EQ(rate.CountBytes(3000, kStart), Verdict::kWait);
  EXPECT_EQ(rate.ready_at(), kStart + seconds(3));
  EXPECT_EQ(rate.setting(), "limits.bytes_per_second");
}

TEST(SessionRateTest, TheSlowerOfBothCounts) {
  SessionRate rate(Rates(1, 1000));
  EXPECT_EQ(rate.CountBytes(1500, kStart), Verdict::kWait);
  EXPECT_EQ(rate.ready_at(), kStart + milliseconds(500));
  EXPECT_EQ(rate.CountMessage(kStart), Verdict::kWait);
  EXPECT_EQ(rate.ready_at(), kStart + milliseconds(500));
  EXPECT_EQ(rate.CountMessage(kStart), Verdict::kWait);
  EXPECT_EQ(rate.ready_at(), kStart + seconds(1));
  EXPECT_EQ(rate.setting(), "limits.messages_per_second");
}

TEST(SessionRateTest, WhoNeverStopsSendsTooMuch) {
  SessionRate rate(Rates(10, 0));
  EXPECT_EQ(Flood(rate, kStart, kStart + seconds(5)), Verdict::kWait);
  EXPECT_EQ(Flood(rate, rate.ready_at(), kStart + seconds(6)), Verdict::kTooMuch);
}

TEST(SessionRateTest, ItIsWarnedOnceBeforeAndAgainAfterALull) {
  SessionRate rate(Rates(10, 0));
  for (const SessionRate::Time begin : {kStart, kStart + seconds(10)}) {
    int warnings = 0;
    for (SessionRate::Time now = begin; now < begin + milliseconds(4900);) {
      const Verdict verdict = rate.CountMessage(now);
      ASSERT_NE(verdict, Verdict::kTooMuch);
      if (verdict == Verdict::kWarn) {
        ++warnings;
        EXPECT_GT(now, begin + milliseconds(2500));
        EXPECT_EQ(rate.left(), begin + seconds(5) - now);
      }
      if (verdict != Verdict::kGoOn) now = rate.ready_at();
    }
    EXPECT_EQ(warnings, 1);
  }
}

// So many messages at once, so often: at the limit, or nearly.
TEST(SessionRateTest, WhoKeepsToItsRateInBurstsIsNotClosed) {
  const struct {
    std::size_t limit;
    int burst;
    milliseconds period;
  } clients[] = {
      {1, 1, milliseconds(1000)},      {1, 1, milliseconds(1050)},   {1, 1, milliseconds(1900)},
      {1, 2, milliseconds(2500)},      {1, 3, milliseconds(3300)},   {5, 5, milliseconds(1020)},
      {5, 6, milliseconds(1300)},      {5, 7, milliseconds(1500)},   {10, 1, milliseconds(100)},
      {10, 11, milliseconds(1150)},    {10, 30, milliseconds(3200)}, {10, 50, milliseconds(5300)},
      {10, 100, milliseconds(10'500)}, {10, 50, milliseconds(5000)},
  };
  for (const auto& client : clients) {
    SessionRate rate(Rates(client.limit, 0, seconds(10)));
    SessionRate::Time now = kStart;
    for (int i = 0; i < 200; ++i) {
      const SessionRate::Time due = kStart + i * client.period;
      now = std::max(now, due);
      for (int k = 0; k < client.burst; ++k) {
        const Verdict verdict = rate.CountMessage(now);
        ASSERT_NE(verdict, Verdict::kTooMuch)
            << client.burst << " in " << client.period.count() << " ms";
        // The others wait behind it.
        if (verdict != Verdict::kGoOn) now = rate.ready_at();
      }
    }
    EXPECT_LE(now, kStart + 200 * client.period + milliseconds(100)) << "it comes through";
  }
}

TEST(SessionRateTest, WhoIsALittleAboveItsRateSendsTooMuch) {
  SessionRate rate(Rates(10, 0));
  Verdict verdict = Verdict::kGoOn;
  SessionRate::Time now = kStart;
  int i = 0;
  for (; i < 10'000 && verdict != Verdict::kTooMuch; ++i) {
    // 10.2 in a second.
    now = std::max(now, kStart + i * milliseconds(98));
    verdict = rate.CountMessage(now);
    if (verdict != Verdict::kGoOn) now = rate.ready_at();
  }
  EXPECT_EQ(verdict, Verdict::kTooMuch);
}

TEST(SessionRateTest, PausesMakeUpForWaits) {
  SessionRate rate(Rates(10, 0));
  for (int i = 0; i < 10; ++i) {
    const SessionRate::Time begin = kStart + i * seconds(10);
    EXPECT_NE(Flood(rate, begin, begin + milliseconds(4500)), Verdict::kTooMuch) << i;
  }
}

TEST(SessionRateTest, WhereTheServerIsLateNobodyHadAPauseOrWaited) {
  SessionRate rate(Rates(10, 0));
  Verdict verdict = Verdict::kGoOn;
  SessionRate::Time now = kStart;
  int waits = 0;
  for (int i = 0; i < 10'000 && verdict != Verdict::kTooMuch; ++i) {
    verdict = rate.CountMessage(now);
    if (verdict == Verdict::kGoOn) continue;
    ++waits;
    // In this time, five come.
    now = rate.ready_at() + milliseconds(500);
    rate.Resume(now);
  }
  EXPECT_EQ(verdict, Verdict::kTooMuch);
  // Of a tenth of a second each.
  EXPECT_GE(waits, 49);

  // After so long a time, it is nobody's fault.
  SessionRate other(Rates(10, 0));
  for (int i = 0; i < 11; ++i) verdict = other.CountMessage(kStart);
  EXPECT_EQ(verdict, Verdict::kWait);
  other.Resume(kStart + seconds(100));
  for (int i = 0; i < 11; ++i) verdict = other.CountMessage(kStart + seconds(100));
  EXPECT_EQ(verdict, Verdict::kWait);
}

TEST(SessionRateTest, NobodySendsTooMuchWithoutHavingBeenWarned) {
  SessionRate rate(Rates(0, 1000));
  EXPECT_EQ(rate.CountBytes(60'000, kStart), Verdict::kWait);
  const SessionRate::Time then = kStart + seconds(50);
  EXPECT_EQ(rate.CountBytes(1, then), Verdict::kWarn);
  EXPECT_EQ(rate.CountBytes(1, then), Verdict::kTooMuch);
}

// One that has stopped sending in the middle of its debt is not closed for having waited.
TEST(SessionRateTest, SilenceIsNotTooMuch) {
  SessionRate rate(Rates(0, 1000));
  EXPECT_EQ(rate.CountBytes(60'000, kStart), Verdict::kWait);
  EXPECT_EQ(rate.CountBytes(1, kStart + seconds(70)), Verdict::kGoOn);
}

}  // namespace
}  // namespace fanfare
