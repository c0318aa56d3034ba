// The files of the page, and of the client that it uses.
#pragma once

#include <span>

#include "core/page/embedded_file.h"

namespace fanfare {

// All of them, ordered by path: "page/index.html".
std::span<const EmbeddedFile> WebFiles();

}  // namespace fanfare
