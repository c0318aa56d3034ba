// Where the log goes.
#pragma once

namespace fanfare {

// While it lives, spdlog's default logger writes to standard output from a thread of its own, one
// line for each entry: the time, the level and the text. An entry is written at once, unless others
// were within the last few milliseconds: these are written together. When a mebibyte waits to be
// written, whoever logs next waits, too: no line is lost. So a reader of the log that has stopped
// stops the server in the end; but not its end.
class Logging {
 public:
  Logging();
  // Writes what is left.
  ~Logging();
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;
};

}  // namespace fanfare
