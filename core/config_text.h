// A configuration as a file that has all of it.
#pragma once

#include <string>

#include "core/config.h"
#include "core/route_table.h"

namespace fanfare {

// The configuration as JSON with a comment on every setting; ParseConfig reads it back. With the
// routes that were made from it, these are all there, with every option; without, only what the
// configuration says of them, as it was given.
std::string ConfigText(const Config& config, const RouteTable* routes = nullptr);

}  // namespace fanfare
