// Who is in which room, and what for.
#pragma once

#include <cstddef>

namespace fanfare::bench {

// The parts that connections play, by their numbers alone. Rooms are dealt out like cards; the
// first connections publish, so every room has its share of them, and the last ones never read.
struct Roster {
  std::size_t connections = 1;
  std::size_t publishers = 1;
  std::size_t rooms = 1;
  std::size_t stalled = 0;

  std::size_t RoomOf(std::size_t connection) const { return connection % rooms; }
  bool Publishes(std::size_t connection) const { return connection < publishers; }
  bool Reads(std::size_t connection) const { return connection < connections - stalled; }

  // The publishers of a room are PublisherOf(room, 0), PublisherOf(room, 1), and so on.
  std::size_t PublishersIn(std::size_t room) const {
    return publishers > room ? (publishers - room - 1) / rooms + 1 : 0;
  }
  std::size_t PublisherOf(std::size_t room, std::size_t nth) const { return room + nth * rooms; }
  // Which publisher of its room it is.
  std::size_t PlaceInRoom(std::size_t publisher) const { return publisher / rooms; }
};

}  // namespace fanfare::bench
