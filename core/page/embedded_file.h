// Files of web pages, which the build puts into the program (embed.py), and how they are served.
#pragma once

#include <span>
#include <string_view>

#include "core/request.h"

namespace fanfare {

struct EmbeddedFile {
  // From the folder that they were taken from: "page/index.html".
  std::string_view path;
  std::string_view content_type;
  // A strong one (RFC 9110 section 8.8.3), in its quotes: another for every other content.
  std::string_view etag;
  std::string_view body;
};

// The file of this path, of files that are ordered by it; null when there is none.
const EmbeddedFile* FindFile(std::span<const EmbeddedFile> files, std::string_view path);

// Answers a GET with a file (404 for null), or says that the client has it already. Its headers
// keep a page to what the program itself serves: it loads nothing from elsewhere, runs no script
// but its files, makes no markup of text, and is in nobody's frame.
Response AnswerWithFile(const Request& request, const EmbeddedFile* file);

}  // namespace fanfare
