// The HTTP interface.
#pragma once

#include <string>
#include <vector>

#include "core/request.h"
#include "routes/chat/api_access.h"
#include "routes/chat/paths.h"
#include "routes/chat/rooms.h"

namespace fanfare::chat {

// Publishes to rooms and reads them; see HTTP.md.
//
// Thread: any.
class Api {
 public:
  // The rooms must outlive it.
  Api(Rooms& rooms, ApiAccess access);

  // Whether a request shows a key that stands for a token.
  bool HasKey(const Request& request) const { return access_.HasKey(request); }

  // Answers a request to one of the parts that are its.
  Response Answer(Part part, const Request& request);

 private:
  Response ListRooms(const Request& request) const;
  Response Post(const std::string& room, const Request& request);
  Response ReadEvents(const std::string& room, const Request& request);
  Response ReadMembers(const std::string& room, const Request& request);

  Rooms& rooms_;
  const ApiAccess access_;
  // Who says what is posted. Nobody has it, so nobody can change what was said.
  const std::string session_;
};

}  // namespace fanfare::chat
