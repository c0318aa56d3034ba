#include "core/percent.h"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

#include "core/utf8.h"

namespace fanfare {

std::optional<std::string> PercentDecode(std::string_view text, PlusSign plus) {
  const auto valid = boost::urls::make_pct_string_view({text.data(), text.size()});
  if (!valid) return std::nullopt;

  boost::urls::encoding_opts how;
  how.space_as_plus = plus == PlusSign::kIsSpace;
  std::string decoded = valid->decode(how);
  if (decoded.find('\0') != std::string::npos || !IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

}  // namespace fanfare
