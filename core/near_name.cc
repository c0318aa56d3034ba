#include "core/near_name.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace fanfare {
namespace {

// No name is nearly as long, and comparing costs the product of the lengths.
constexpr std::size_t kMaxNameBytes = 64;

// How many letters must be added, left out, replaced or swapped with their neighbours to make one
// text of the other (the optimal string alignment distance). A row holds the distances of the
// beginnings of `b` to one beginning of `a`; swaps look back two rows.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearName(std::string_view name, const std::set<std::string, std::less<>>& known) {
  std::string nearest;
  if (name.size() > kMaxNameBytes) return nearest;
  std::size_t least = kMaxNameBytes;
  for (const std::string& candidate : known) {
    const std::size_t distance = Distance(name, candidate);
    if (distance < least && distance <= std::max<std::size_t>(1, candidate.size() / 3)) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

}  // namespace fanfare
