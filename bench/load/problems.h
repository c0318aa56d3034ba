// What went wrong during a load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fanfare::bench {

// Counts, and the first few descriptions: one broken server makes millions of the same.
struct Problems {
  static constexpr std::size_t kMostTexts = 10;

  // Deliveries that never came, came more than once, or came after a later one of their publisher.
  std::int64_t missing = 0;
  std::int64_t repeated = 0;
  std::int64_t out_of_order = 0;
  // Messages that nobody had published in the room.
  std::int64_t foreign = 0;
  // Connections that the server ended, or that could not be opened again.
  std::int64_t disconnected = 0;
  // The same for connections that never read, which a server may well end: no error.
  std::int64_t stalled_disconnected = 0;
  std::vector<std::string> texts;

  void Describe(std::string text) {
    if (texts.size() < kMostTexts) {
      texts.push_back(std::move(text));
    }
  }

  bool none() const {
    return missing == 0 && repeated == 0 && out_of_order == 0 && foreign == 0 && disconnected == 0;
  }
};

}  // namespace fanfare::bench
