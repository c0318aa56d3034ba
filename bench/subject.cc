#include "bench/subject.h"

#include <cstdlib>

namespace fanfare::bench {
namespace {

std::string FromEnvironment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : otherwise;
}

}  // namespace

Subject Fanfare() {
  return {.name = "fanfare",
          .command = {FromEnvironment("FANFARE_SERVER", "server"), "--listen=127.0.0.1:0",
                      "--threads=1"},
          .path = "/chat/bench"};
}

Subject FanfareJson() {
  Subject subject = Fanfare();
  subject.name = "fanfare, JSON";
  subject.subprotocol = "fanfare.chat.v1";
  subject.json_room = "bench";
  return subject;
}

Subject Floor() {
  return {
      .name = "floor", .command = {FromEnvironment("FANFARE_FLOOR", "bench/floor")}, .path = "/"};
}

}  // namespace fanfare::bench
