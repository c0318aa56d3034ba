// A configuration as a file that has all of it.
#pragma once

#include <string>

#include "core/config.h"

namespace fanfare {

// The configuration as JSON with a comment on every setting; ParseConfig reads it back. A route's
// options are there as they were given: their defaults are the route's own.
std::string ConfigText(const Config& config);

}  // namespace fanfare
