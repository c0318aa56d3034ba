// A result in words.
#pragma once

#include <string>

#include "bench/load/result.h"

namespace fanfare::bench {

// One JSON object, indented.
std::string ToJson(const Result& result);

// For people: a few lines of names and numbers, then warnings and errors.
std::string ToTable(const Result& result);

}  // namespace fanfare::bench
