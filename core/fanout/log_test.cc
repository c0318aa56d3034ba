#include "core/fanout/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanfare {
namespace {

constexpr std::size_t kPlenty = 1 << 20;

void Append(Log& log, std::string_view text) {
  log.Append({.type = MessageType::kText, .payload = text});
}

// The payloads between two positions.
std::vector<std::string> Texts(const LogWindow& window, LogPosition from, LogPosition to) {
  std::vector<std::string> texts;
  while (from < to) {
    const Frame frame = window.FrameAt(from);
    texts.emplace_back(frame.message.payload);
    from += frame.bytes;
  }
  EXPECT_EQ(from, to) << "ends within a frame";
  return texts;
}

std::string Bytes(const std::vector<iovec>& pieces) {
  std::string bytes;
  for (const iovec& piece : pieces) {
    bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  }
  return bytes;
}

TEST(LogTest, HoldsNoMemoryBeforeTheFirstMessage) {
  const Log log(kPlenty);
  EXPECT_EQ(log.memory(), 0U);
  EXPECT_EQ(log.head(), 0U);
}

TEST(LogTest, AWindowSeesWhatWasAppended) {
  Log log(kPlenty);
  LogWindow window(log.head());
  Append(log, "one");
  Append(log, "two");
  window.Fetch(log);
  EXPECT_EQ(window.end(), log.head());
  EXPECT_EQ(Texts(window, 0, window.end()), (std::vector<std::string>{"one", "two"}));

  const LogPosition before = window.end();
  Append(log, "three");
  EXPECT_EQ(window.end(), before) << "only Fetch extends a window";
  window.Fetch(log);
  EXPECT_EQ(Texts(window, before, window.end()), (std::vector<std::string>{"three"}));
}

TEST(LogTest, GathersTheBytesAsTheyGoOnTheWire) {
  Log log(kPlenty);
  LogWindow window(log.head());
  Append(log, "a");
  Append(log, "");
  window.Fetch(log);
  std::vector<iovec> pieces;
  EXPECT_EQ(window.Gather(0, window.end(), 8, pieces), window.end());
  EXPECT_EQ(Bytes(pieces), std::string("\x81\x01"
                                       "a"
                                       "\x81\x00",
                                       5));
  pieces.clear();
  window.Gather(2, window.end(), 8, pieces);
  EXPECT_EQ(Bytes(pieces), std::string("a"
                                       "\x81\x00",
                                       3))
      << "from within a frame";
}

TEST(LogTest, GathersAcrossChunksUpToTheLimitOfPieces) {
  Log log(kPlenty);
  LogWindow window(log.head());
  const std::string text(300, 'x');
  // One to the first chunk of 512 bytes, three to the second, six to the third.
  for (int i = 0; i < 10; ++i) Append(log, text);
  window.Fetch(log);
  std::vector<iovec> pieces;
  EXPECT_EQ(window.Gather(0, window.end(), 8, pieces), window.end());
  EXPECT_EQ(pieces.size(), 3U);
  pieces.clear();
  EXPECT_EQ(window.Gather(0, window.end(), 2, pieces), 4 * (text.size() + 4));
  EXPECT_EQ(pieces.size(), 2U);
}

TEST(LogTest, AMessageLargerThanAChunkGetsOneOfItsOwn) {
  Log log(4 << 20);
  LogWindow window(log.head());
  const std::string large(1 << 20, 'x');
  Append(log, "small");
  Append(log, large);
  Append(log, "after");
  window.Fetch(log);
  EXPECT_EQ(Texts(window, 0, window.end()), (std::vector<std::string>{"small", large, "after"}));
}

TEST(LogTest, ReleaseGivesMemoryBack) {
  Log log(kPlenty);
  const std::string text(1000, 'x');
  for (int i = 0; i < 500; ++i) Append(log, text);
  EXPECT_GT(log.memory(), 500 * text.size());
  log.Release(log.head());
  EXPECT_EQ(log.memory(), 0U);
  EXPECT_EQ(log.tail(), log.head());
}

TEST(LogTest, ReleaseKeepsTheChunkOfThePosition) {
  Log log(kPlenty);
  LogWindow window(log.head());
  const std::string text(300, 'x');
  for (int i = 0; i < 10; ++i) Append(log, text);
  const LogPosition fifth = 4 * (text.size() + 4);
  log.Release(fifth);
  EXPECT_EQ(log.tail(), fifth);
  LogWindow late(fifth);
  late.Fetch(log);
  EXPECT_EQ(Texts(late, fifth, late.end()).size(), 6U);
}

TEST(LogTest, AnIdleLogWritesOverItsSmallChunk) {
  Log log(kPlenty);
  for (int i = 0; i < 1000; ++i) {
    LogWindow window(log.head());
    Append(log, "message");
    const LogPosition before = window.end();
    window.Fetch(log);
    ASSERT_EQ(Texts(window, before, window.end()), (std::vector<std::string>{"message"}));
    window.DropBefore(window.end());
    log.Release(log.head());
    ASSERT_LE(log.memory(), 512U);
  }
}

TEST(LogTest, AChunkThatAWindowHoldsIsNotWrittenOver) {
  Log log(kPlenty);
  LogWindow window(log.head());
  Append(log, "held");
  window.Fetch(log);
  log.Release(log.head());
  Append(log, "next");
  EXPECT_EQ(Texts(window, 0, window.end()), (std::vector<std::string>{"held"}));
}

TEST(LogTest, DropsTheOldestAtItsBound) {
  constexpr std::size_t kBound = 10'000;
  Log log(kBound);
  LogWindow window(log.head());
  Append(log, "first");
  window.Fetch(log);
  const LogPosition first_end = window.end();
  const std::string text(100, 'x');
  for (int i = 0; i < 1000; ++i) {
    Append(log, text);
    ASSERT_LE(log.head() - log.tail(), kBound);
  }
  EXPECT_GT(log.tail(), first_end);
  EXPECT_EQ(Texts(window, 0, first_end), (std::vector<std::string>{"first"}))
      << "a window keeps what it has fetched";
  window.Fetch(log);
  EXPECT_EQ(window.end(), log.head());
  EXPECT_FALSE(Texts(window, log.tail(), window.end()).empty());
}

TEST(LogTest, KeepsTheNewestMessageWhateverItsSize) {
  Log log(1000);
  LogWindow window(log.head());
  const std::string large(5000, 'x');
  Append(log, "small");
  Append(log, large);
  LogWindow late(log.tail());
  late.Fetch(log);
  EXPECT_EQ(Texts(late, log.tail(), late.end()), (std::vector<std::string>{large}));
}

}  // namespace
}  // namespace fanfare
