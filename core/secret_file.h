// Files that only the server should read.
#pragma once

#include <string>
#include <string_view>

namespace fanfare {

// The log warns of a file with a secret that every user of this machine may read; true if it does.
// `what` is in it: "a private key". A file that is not there is no matter of this. Any thread.
bool WarnIfAnybodyMayRead(const std::string& file, std::string_view what);

}  // namespace fanfare
