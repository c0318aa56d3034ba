// Whatever is in a configuration file, it is read or refused with a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config =
      fanfare::ParseConfig(std::string_view(reinterpret_cast<const char*>(data), size));
  const bool is_silent = !config.ok() && config.status().message().empty();
  FANFARE_CHECK(!is_silent, "an error says what is wrong");
  return 0;
}
