#include "bench/machine.h"

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace fanfare::bench {
namespace {

// Standard streams, epoll, libraries: what a process has open besides its connections.
constexpr rlim_t kOtherDescriptors = 64;

}  // namespace

Processors DivideProcessors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  Processors processors;
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) < 2) {
    return processors;
  }
  for (int cpu = 0; !processors.load.has_value(); ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) {
      continue;
    }
    if (processors.server.has_value()) {
      processors.load = cpu;
    } else {
      processors.server = cpu;
    }
  }
  return processors;
}

bool PinThisThread(int cpu) {
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(cpu, &wanted);
  return ::sched_setaffinity(0, sizeof(wanted), &wanted) == 0;
}

absl::Status AllowConnections(int clients) {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
    return absl::UnavailableError(absl::StrCat("setrlimit: ", std::strerror(errno)));
  }
  if (descriptors.rlim_cur < static_cast<rlim_t>(clients) + kOtherDescriptors) {
    return absl::ResourceExhaustedError(absl::StrCat(clients, " connections need more than the ",
                                                     descriptors.rlim_cur,
                                                     " descriptors that are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace fanfare::bench
