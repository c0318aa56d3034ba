// Finds the name that a typing error was meant to be.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace fanfare {

// The name of `known` that is nearest to `name`, when it is near enough to be what was meant: at
// most one letter in three added, left out, replaced or swapped with its neighbour. Otherwise
// empty.
std::string NearName(std::string_view name, const std::set<std::string, std::less<>>& known);

}  // namespace fanfare
