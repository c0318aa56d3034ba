// What a writer sends next, and what becomes of it.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "core/fanout/fanout.h"
#include "core/fanout/socket_writer.h"
#include "core/fanout/subscriber_group.h"

namespace fanfare {
namespace {

// What one system call sends for one session is limited, so that nobody holds up the turn.
constexpr std::size_t kMaxPieces = 16;
constexpr std::size_t kMaxPiecesOfAll = 64;
// An empty outbox keeps no more memory than this.
constexpr std::size_t kMaxIdleOutbox = 512;

}  // namespace

std::size_t SocketWriter::Gather(std::vector<iovec>& pieces) {
  gathered_.clear();
  if (socket_ < 0 || blocked_) return 0;
  return tls_ == nullptr ? GatherPlain(pieces) : GatherEncrypted(pieces);
}

std::size_t SocketWriter::GatherEncrypted(std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  if (tls_->output().empty() && GatherPlain(pieces) > 0) {
    std::size_t bytes = 0;
    for (std::size_t i = first; i < pieces.size(); ++i) {
      pieces[i].iov_len = std::min(pieces[i].iov_len, kMaxEncryptedBytes - bytes);
      bytes += pieces[i].iov_len;
    }
    const bool encrypted = tls_->Encrypt(std::span(pieces).subspan(first));
    pieces.resize(first);
    if (!encrypted) {
      Fail();
      return 0;
    }
    Advance(bytes);
  }
  const std::string_view output = tls_->output();
  if (output.empty()) return 0;
  // Only read.
  pieces.push_back({.iov_base = const_cast<char*>(output.data()), .iov_len = output.size()});
  return output.size();
}

std::size_t SocketWriter::GatherPlain(std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  auto* const* const begun = std::find_if(subscribers_.begin(), subscribers_.end(),
                                          [](const Subscriber* s) { return s->mid_frame(); });
  if (begun != subscribers_.end()) {
    GatherFrom(**begun, (*begun)->group->RestOfFrame(**begun), pieces);
  }
  if (!outbox_.empty()) {
    pieces.push_back({.iov_base = outbox_.data() + sent_, .iov_len = outbox_size()});
    gathered_.push_back({nullptr, outbox_size()});
  }
  // A frame that was begun is followed by others of its channel in the next turn.
  if (begun == subscribers_.end()) {
    for (Subscriber* subscriber : subscribers_) {
      if (pieces.size() - first >= kMaxPiecesOfAll) break;
      if (!subscriber->group->HasDue(*subscriber)) continue;
      GatherFrom(*subscriber, std::numeric_limits<std::size_t>::max(), pieces);
    }
  }
  std::size_t bytes = 0;
  for (const Stretch& stretch : gathered_) bytes += stretch.bytes;
  return bytes;
}

// Appends at most `most` bytes of a subscriber's, which end at a frame boundary.
void SocketWriter::GatherFrom(Subscriber& subscriber, std::size_t most,
                              std::vector<iovec>& pieces) {
  const std::size_t first = pieces.size();
  subscriber.group->Gather(subscriber, kMaxPieces, pieces);
  std::size_t bytes = 0;
  for (std::size_t i = first; i < pieces.size(); ++i) {
    pieces[i].iov_len = std::min(pieces[i].iov_len, most - bytes);
    bytes += pieces[i].iov_len;
    if (bytes == most) pieces.resize(i + 1);
  }
  gathered_.push_back({&subscriber, bytes});
}

void SocketWriter::OnSent(std::int64_t result) {
  fanout_.stats().send_calls.Add();
  std::size_t asked = tls_ == nullptr ? 0 : tls_->output().size();
  for (const Stretch& stretch : gathered_) asked += stretch.bytes;
  if (result < 0 && result != -EAGAIN) return Fail();
  const std::size_t sent = result < 0 ? 0 : static_cast<std::size_t>(result);
  route_stats_.bytes_sent.Add(sent);
  if (tls_ == nullptr) {
    Advance(sent);
  } else {
    tls_->ConsumeOutput(sent);
  }
  if (sent < asked) {
    Block();
  } else if (!drained()) {
    Queue();
  } else {
    MakeDirectWherePossible();
  }
  if (sent > 0) owner_.OnProgress();
}

void SocketWriter::Advance(std::size_t bytes) {
  for (const Stretch& stretch : gathered_) {
    const std::size_t part = std::min(bytes, stretch.bytes);
    bytes -= part;
    if (stretch.subscriber != nullptr) {
      stretch.subscriber->group->Advance(*stretch.subscriber, part);
    } else {
      sent_ += part;
      sent_tally_.bytes += part;
    }
  }
  gathered_.clear();
  // An outbox that is never quite empty would keep all that it ever sent. What is left is moved to
  // the front when it is the smaller part, so that no byte is moved more than once on average.
  if (sent_ > outbox_.size() / 2) {
    outbox_.erase(0, sent_);
    sent_ = 0;
  }
  if (!outbox_.empty()) return;
  if (outbox_.capacity() > kMaxIdleOutbox) outbox_.shrink_to_fit();
}

void SocketWriter::OnDirectSendStopped(Subscriber& subscriber, std::int64_t result) {
  if (result < 0 && result != -EAGAIN) return Fail();
  if (result > 0) {
    route_stats_.bytes_sent.Add(static_cast<std::uint64_t>(result));
    subscriber.group->Advance(subscriber, static_cast<std::size_t>(result));
  }
  Block();
}

void SocketWriter::Block() {
  blocked_ = true;
  StopDirect();
  owner_.WaitWritable();
}

void SocketWriter::OnWritable() {
  if (failed_) return;
  blocked_ = false;
  Queue();
}

void SocketWriter::Fail() {
  if (failed_) return;
  // For good: the connection ends when its read side learns of it.
  failed_ = true;
  blocked_ = true;
  // Nothing leaves any more, and so nothing is to hold up the read side.
  DropUnsent();
  StopDirect();
  owner_.OnSendFailed();
}

}  // namespace fanfare
