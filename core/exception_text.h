// What an exception says.
#pragma once

#include <exception>
#include <string>

namespace fanfare {

// The text of the exception that is being handled. REQUIRES: called within a catch block.
inline std::string CurrentExceptionText() {
  try {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

}  // namespace fanfare
