// The files of the page, which the build puts into the program (embed.py).
#pragma once

#include <span>
#include <string_view>

namespace fanfare {

struct File {
  // From this folder: "page/index.html".
  std::string_view path;
  std::string_view content_type;
  // A strong one (RFC 9110 section 8.8.3), in its quotes: another for every other content.
  std::string_view etag;
  std::string_view body;
};

// All of them, ordered by path.
std::span<const File> Files();

}  // namespace fanfare
