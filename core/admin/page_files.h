// The files of the operators' page.
#pragma once

#include <span>

#include "core/page/embedded_file.h"

namespace fanfare {

// All of them, ordered by path: "page/index.html".
std::span<const EmbeddedFile> AdminFiles();

}  // namespace fanfare
