// A channel's messages, encoded as they go on the wire: the queue that all subscribers share.
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "core/fanout/frame.h"
#include "core/message.h"

namespace fanfare {

// A place in a log: how many bytes were appended before it, ever. Never wraps.
using LogPosition = std::uint64_t;

// A piece of a log's memory. A frame lies whole in one chunk.
struct Chunk {
  Chunk(LogPosition position, std::size_t bytes);
  ~Chunk();
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  LogPosition begin;
  std::size_t capacity;
  std::unique_ptr<char[]> data;
};

// Bytes of memory that the chunks of all logs of this process take. Thread: any.
std::size_t LogMemory();

// An append-only sequence of encoded frames, of which the newest are kept.
//
// Memory follows the traffic: chunks grow from 512 bytes to 64 KiB while messages wait, and are
// given back when Release says that nobody needs them. At `max_bytes` the oldest chunk is dropped,
// whoever still needs it; the newest frame is always kept.
//
// Thread: guarded by the channel's mutex. The bytes of frames before head() never change, and may
// be read without the mutex through a LogWindow.
class Log {
 public:
  explicit Log(std::size_t max_bytes, Format format = Format::kWebSocket)
      : max_bytes_(max_bytes), format_(format) {}

  // Encodes a message at the head.
  void Append(Message message);

  // What is kept lies between tail() and head(); both are frame boundaries.
  LogPosition tail() const { return tail_; }
  LogPosition head() const { return head_; }
  // Where the newest frame starts; head() when there is none.
  LogPosition newest() const { return std::max(newest_, tail_); }

  // Gives back what lies before `position`.
  void Release(LogPosition position);

  // Bytes of memory held, for tests and statistics.
  std::size_t memory() const;

 private:
  friend class LogWindow;

  char* Reserve(std::size_t bytes);

  const std::size_t max_bytes_;
  const Format format_;
  LogPosition tail_ = 0;
  LogPosition head_ = 0;
  LogPosition newest_ = 0;
  std::deque<std::shared_ptr<Chunk>> chunks_;
  std::size_t next_capacity_ = 0;
};

// A shard's view of a log: the chunks between its slowest cursor and the end of what it has
// fetched.
//
// Thread: one shard; only Fetch needs the channel's mutex. The chunks in a window stay alive even
// when the log has dropped them.
class LogWindow {
 public:
  explicit LogWindow(LogPosition start, Format format = Format::kWebSocket)
      : format_(format), end_(start) {}

  // Extends the window to the log's head. Where the log has dropped what should come next, the
  // window continues at the log's tail.
  void Fetch(const Log& log);
  // Extends it to an older position, which the log must hold.
  void ExtendBackTo(const Log& log, LogPosition position);
  LogPosition end() const { return end_; }

  // Lets go of the chunks that lie before `position`.
  void DropBefore(LogPosition position);

  // The bytes from `from` to `to`, which the window must hold, in at most `max` pieces. Returns the
  // position that they reach: `to`, or the end of the last chunk that fitted (a frame boundary).
  LogPosition Gather(LogPosition from, LogPosition to, std::size_t max,
                     std::vector<iovec>& out) const;

  // Reads the frame that starts at `boundary`, which the window must hold.
  Frame FrameAt(LogPosition boundary) const;
  // How many frames lie between two boundaries. Those that the window does not hold, because the
  // log had dropped them before they were fetched, are not counted.
  std::uint64_t CountFrames(LogPosition from, LogPosition to) const;

 private:
  struct Slice {
    std::shared_ptr<const Chunk> chunk;
    LogPosition end;
  };

  // The slice that the position is in, or the next one behind it.
  std::deque<Slice>::const_iterator SliceAt(LogPosition position) const;
  std::size_t IndexAt(LogPosition position) const;

  Format format_;
  std::deque<Slice> slices_;
  LogPosition end_;
};

}  // namespace fanfare
