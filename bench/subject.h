// The servers that can be measured.
#pragma once

#include <string>
#include <vector>

namespace fanfare::bench {

// A server to be measured: how it is started, and the path on which each client hears all others.
// Whatever takes a message and sends it unchanged to every client of a path can be one.
struct Subject {
  std::string name;
  std::vector<std::string> command;
  std::string path;
  // The subprotocol that clients ask for, and the room of `path` in which they publish with it;
  // empty if they just send messages.
  std::string subprotocol = {};
  std::string json_room = {};
};

// The server of this project on one thread. Its binary is `server` in the runfiles of the
// benchmark, which are the working directory under `bazel run`, or what FANFARE_SERVER names.
Subject Fanfare();

// The same; its clients speak the chat's JSON protocol.
Subject FanfareJson();

// The bare loop that is the floor for all servers: `bench/floor`, or what FANFARE_FLOOR names.
Subject Floor();

}  // namespace fanfare::bench
