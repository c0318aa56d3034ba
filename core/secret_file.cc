#include "core/secret_file.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"
#include "core/log_text.h"

namespace fanfare {

bool WarnIfAnybodyMayRead(const std::string& file, std::string_view what) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0 || (about.st_mode & S_IROTH) == 0) return false;
  const std::string text = absl::StrCat(QuoteForLog(file), " has ", ToAbsl(what),
                                        ", and every user of this machine may read it: chmod o-r");
  WriteLog(LogEvent::kStarting, {.text = text, .level = LogLevel::kWarn});
  return true;
}

}  // namespace fanfare
