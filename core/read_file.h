// The whole of a file, as settings name them.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace fanfare {

// Reads a file, which may be a pipe (that is waited for, for some seconds), and may have `most`
// bytes: something that does not end
// (/dev/zero) has more. The error is for a person, and for whoever called to add the file's name
// to: "can not open it: No such file or directory". Any thread.
absl::StatusOr<std::string> ReadFile(const std::string& file, std::size_t most);

}  // namespace fanfare
