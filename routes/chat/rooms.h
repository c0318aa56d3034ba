// All chat rooms.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/route.h"
#include "routes/chat/room.h"

namespace fanfare::chat {

// The rooms by name. A room is made when somebody comes. One without a record is freed when the
// last one goes; one with a record, when it has nothing left that anybody could come back to.
//
// Thread: any. Lock order: the mutex of the rooms, then that of a room. What is said in a room
// takes neither of the rooms' nor, without a record, the room's.
class Rooms {
 private:
  struct Entry;

 public:
  // Keeps a room from being freed, as long as this lives. The rooms must outlive it.
  class Stay {
   public:
    Stay(Rooms& rooms, Entry& entry) : rooms_(&rooms), entry_(&entry) {}
    ~Stay();
    Stay(Stay&& other) noexcept;
    Stay& operator=(Stay&&) = delete;

    Room& operator*() const;
    Room* operator->() const { return &**this; }

   private:
    Rooms* rooms_;
    // Null after a move.
    Entry* entry_;
  };

  // At most `max_recorded` rooms have a record: of the others, each has somebody in it. The context
  // must outlive this.
  Rooms(RouteContext& context, const RoomSettings& settings, std::size_t max_recorded);
  ~Rooms();

  // Enters a room, which is made if need be.
  Stay EnterPlain(const std::string& name);
  // The same, and it has a record from now on. Nothing, if there are as many as may be and somebody
  // is in each of them; else the one that was empty for the longest goes.
  std::optional<Stay> Enter(const std::string& name);
  // Enters a room if there is one; it gets a record as above.
  std::optional<Stay> EnterExisting(const std::string& name);

  // Those of the rooms after a name that are wanted, in order, whether they have a record or not.
  // Nobody comes or goes meanwhile, for as long as it takes to look up each pattern (of which a
  // token has some thousands at most) and as many rooms as are listed: rooms that are not wanted
  // cost nothing.
  std::vector<std::pair<std::string, Room::Summary>> ListAfter(const std::string& after,
                                                               std::size_t limit,
                                                               const RoomPatterns& wanted) const;
  // The same for operators.
  std::vector<GroupInfo> DescribeAfter(const std::string& after, std::size_t limit) const;

  // How many rooms there are, and how many of them have a record.
  std::size_t count() const;
  std::size_t recorded_count() const;

 private:
  struct Entry {
    std::shared_ptr<Room> room;
    std::size_t stays = 0;
    bool is_recorded = false;
    // Its place among the idle, which is there if it has a record and nobody is in it, and else
    // here: who goes needs no memory for it.
    std::list<Entry*> place = {this};
    std::list<Entry*>::iterator idle = place.begin();
  };

  // The caller of these holds the mutex.
  Entry& FindOrMake(const std::string& name);
  Stay Come(Entry& entry);
  // Somebody is in it.
  bool MayRecord(Entry& entry);
  void Free(Entry& entry);
  void ScheduleSweep();

  void Go(Entry& entry);
  void Sweep();

  RouteContext& context_;
  const RoomSettings settings_;
  const std::size_t max_recorded_;
  mutable std::mutex mutex_;
  // Sorted, to be read in pages.
  std::map<std::string, std::unique_ptr<Entry>> rooms_;
  std::size_t recorded_ = 0;
  // With a record and nobody in them; the one that was left first is first.
  std::list<Entry*> idle_;
  // A sweep has been asked for.
  bool is_sweeping_ = false;
};

}  // namespace fanfare::chat
