#include "core/fanout/egress.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/event_log.h"

namespace fanfare {

absl::StatusOr<std::vector<std::unique_ptr<Egress>>> MakeEgresses(EgressChoice choice,
                                                                  std::size_t count) {
  std::vector<std::unique_ptr<Egress>> made;
  while (choice != EgressChoice::kSyscalls && made.size() < count) {
    auto egress = MakeUringEgress();
    if (egress.ok()) {
      made.push_back(*std::move(egress));
      continue;
    }
    const std::string_view why = ToStd(egress.status().message());
    if (choice == EgressChoice::kUring) {
      return absl::UnavailableError(
          absl::StrCat("egress: there is no io_uring here: ", ToAbsl(why)));
    }
    const std::string text = absl::StrCat(
        "there is no io_uring here, so messages are sent by system calls: ", ToAbsl(why));
    WriteLog(LogEvent::kStarting, {.text = text});
    choice = EgressChoice::kSyscalls;
    made.clear();
  }
  while (made.size() < count) made.push_back(MakeSyscallEgress());
  return made;
}

}  // namespace fanfare
