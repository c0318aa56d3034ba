// One session's cursor in one channel.
#pragma once

#include <cstddef>

#include "core/fanout/log.h"

namespace fanfare {

class SocketWriter;
class SubscriberGroup;

// A cursor, in one of two states. *Direct*: its socket takes whatever comes, and it stands where
// all direct cursors of its group stand, so its group sends it the same bytes as all the others.
// *Lagging*: it has a position of its own, and its SocketWriter sends what is due. That is so while
// the socket would block, while something else must leave first, and when the session is subscribed
// to several channels (which then leave in one system call).
//
// Thread: its shard. Plain data: SubscriberGroup and SocketWriter keep it.
struct Subscriber {
  Subscriber(SubscriberGroup& its_group, SocketWriter& its_writer)
      : group(&its_group), writer(&its_writer) {}
  // Leaves the group and the writer.
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Both null once the subscription has ended before its Subscription object.
  SubscriberGroup* group;
  SocketWriter* writer;

  bool direct = false;
  // Told to its session that it fell off the log's tail.
  bool fallen = false;
  // Its place in the group's list for its state.
  std::size_t index = 0;

  // Valid while lagging: the next byte to send, and the start of the frame which that byte is in.
  LogPosition position = 0;
  LogPosition boundary = 0;

  bool mid_frame() const { return !direct && position != boundary; }
};

}  // namespace fanfare
