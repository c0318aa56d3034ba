// The server as a whole, its routes, and the rooms in them, as operators ask for them.
#pragma once

#include "core/request.h"
#include "core/server.h"

namespace fanfare {

// GET /server, /routes, /rooms; README.md beside this says what is in each.
Response ShowServer(const Server& server, const Request& request);
Response ListRoutes(const Server& server, const Request& request);
// The groups of all routes: see Route::GroupsAfter.
Response ListRooms(const Server& server, const Request& request);

}  // namespace fanfare
