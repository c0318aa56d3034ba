#include "core/fanout/log.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstring>

namespace fanfare {
namespace {

constexpr std::size_t kMinChunk = 512;
constexpr std::size_t kMaxChunk = 64 * 1024;
// A chunk that is not larger than this is kept by an idle log, so that the next message costs no
// allocation; a larger one is given back.
constexpr std::size_t kMaxIdleChunk = 1024;

std::atomic<std::size_t> chunk_memory{0};

}  // namespace

// The bytes are not cleared: they are written before they are read.
Chunk::Chunk(LogPosition position, std::size_t bytes)
    : begin(position), capacity(bytes), data(new char[bytes]) {
  chunk_memory.fetch_add(capacity, std::memory_order_relaxed);
}

Chunk::~Chunk() {
  chunk_memory.fetch_sub(capacity, std::memory_order_relaxed);
}

std::size_t LogMemory() {
  return chunk_memory.load(std::memory_order_relaxed);
}

void Log::Append(Message message) {
  const FrameHeader header(message, format_);
  char* out = Reserve(header.bytes().size() + message.payload.size());
  std::memcpy(out, header.bytes().data(), header.bytes().size());
  // An empty payload may have no address at all.
  if (!message.payload.empty()) {
    std::memcpy(out + header.bytes().size(), message.payload.data(), message.payload.size());
  }
}

// Makes room for a frame and moves the head past it.
char* Log::Reserve(std::size_t bytes) {
  const bool fits =
      !chunks_.empty() && head_ - chunks_.back()->begin + bytes <= chunks_.back()->capacity;
  if (!fits) {
    // A chunk is dropped as a whole, so that several must fit the bound.
    const std::size_t max_chunk = std::clamp(max_bytes_ / 4, kMinChunk, kMaxChunk);
    next_capacity_ = std::clamp(next_capacity_, kMinChunk, max_chunk);
    chunks_.push_back(std::make_shared<Chunk>(head_, std::max(bytes, next_capacity_)));
    next_capacity_ *= 2;
  }
  Chunk& chunk = *chunks_.back();
  char* out = chunk.data.get() + (head_ - chunk.begin);
  newest_ = head_;
  head_ += bytes;
  while (chunks_.size() > 1 && head_ - tail_ > max_bytes_) {
    chunks_.pop_front();
    tail_ = chunks_.front()->begin;
  }
  return out;
}

void Log::Release(LogPosition position) {
  assert(position <= head_);
  while (chunks_.size() > 1 && chunks_[1]->begin <= position) chunks_.pop_front();
  tail_ = std::max(tail_, position);
  if (tail_ != head_ || chunks_.empty()) return;
  // Nobody needs anything. Write over a small chunk from its start, which also keeps it in the
  // cache; a window that still holds it (none should) keeps its own bytes.
  Chunk& chunk = *chunks_.front();
  const std::size_t used = head_ - chunk.begin;
  if (chunk.capacity <= kMaxIdleChunk && chunks_.front().use_count() == 1) {
    chunk.begin = head_;
  } else {
    next_capacity_ = std::bit_ceil(used);
    chunks_.clear();
  }
}

std::size_t Log::memory() const {
  std::size_t bytes = 0;
  for (const auto& chunk : chunks_) bytes += chunk->capacity;
  return bytes;
}

void LogWindow::Fetch(const Log& log) {
  end_ = std::max(end_, log.tail());
  // The first chunk that reaches beyond the window: the last one that begins at or before its end.
  auto chunk = std::upper_bound(
      log.chunks_.begin(), log.chunks_.end(), end_,
      [](LogPosition position, const auto& candidate) { return position < candidate->begin; });
  if (chunk != log.chunks_.begin()) --chunk;
  for (; chunk != log.chunks_.end(); ++chunk) {
    const auto next = std::next(chunk);
    const LogPosition end = next == log.chunks_.end() ? log.head() : (*next)->begin;
    if (end <= end_) continue;
    if (!slices_.empty() && slices_.back().chunk == *chunk) {
      slices_.back().end = end;
    } else {
      slices_.push_back({*chunk, end});
    }
    end_ = end;
  }
}

void LogWindow::ExtendBackTo(const Log& log, LogPosition position) {
  const LogPosition begin = slices_.empty() ? end_ : slices_.front().chunk->begin;
  LogPosition end = log.head();
  for (auto chunk = log.chunks_.rbegin(); chunk != log.chunks_.rend() && end > position; ++chunk) {
    if ((*chunk)->begin < begin) slices_.push_front({*chunk, end});
    end = (*chunk)->begin;
  }
}

void LogWindow::DropBefore(LogPosition position) {
  while (!slices_.empty() && slices_.front().end <= position) slices_.pop_front();
}

std::deque<LogWindow::Slice>::const_iterator LogWindow::SliceAt(LogPosition position) const {
  return std::upper_bound(
      slices_.begin(), slices_.end(), position,
      [](LogPosition wanted, const Slice& candidate) { return wanted < candidate.end; });
}

std::size_t LogWindow::IndexAt(LogPosition position) const {
  const auto slice = SliceAt(position);
  assert(slice != slices_.end() && slice->chunk->begin <= position);
  return static_cast<std::size_t>(slice - slices_.begin());
}

LogPosition LogWindow::Gather(LogPosition from, LogPosition to, std::size_t max,
                              std::vector<iovec>& out) const {
  if (from == to) return to;
  for (std::size_t i = IndexAt(from); from < to && max > 0; ++i, --max) {
    const Slice& slice = slices_[i];
    const LogPosition end = std::min(to, slice.end);
    char* start = slice.chunk->data.get() + (from - slice.chunk->begin);
    out.push_back({.iov_base = start, .iov_len = end - from});
    from = end;
  }
  return from;
}

Frame LogWindow::FrameAt(LogPosition boundary) const {
  const Chunk& chunk = *slices_[IndexAt(boundary)].chunk;
  return ReadFrame(chunk.data.get() + (boundary - chunk.begin), format_);
}

std::uint64_t LogWindow::CountFrames(LogPosition from, LogPosition to) const {
  std::uint64_t count = 0;
  for (auto slice = SliceAt(from); slice != slices_.end() && from < to; ++slice) {
    const Chunk& chunk = *slice->chunk;
    const LogPosition end = std::min(to, slice->end);
    from = std::max(from, chunk.begin);
    while (from < end) {
      from += ReadFrame(chunk.data.get() + (from - chunk.begin), format_).bytes;
      ++count;
    }
  }
  return count;
}

}  // namespace fanfare
