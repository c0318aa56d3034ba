// Ends the process on a bug of ours.
#pragma once

#include <cstdio>
#include <cstdlib>

// For what can only be false when our own code is wrong; what a peer or the environment can cause
// is an error, not a check. On in release builds too.
#define FANFARE_CHECK(condition, why)                                                     \
  do {                                                                                    \
    if (!(condition)) [[unlikely]] {                                                      \
      std::fprintf(stderr, "%s:%d: bug: %s (%s)\n", __FILE__, __LINE__, why, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
