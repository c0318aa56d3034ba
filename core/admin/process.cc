#include "core/admin/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace fanfare {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double ResidentBytes() {
  // Pages: all, and those in RAM.
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  if (!(statm >> all >> resident)) return 0;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenDescriptors() {
  std::error_code ec;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", ec);
  if (ec) return 0;
  // Without the one that reads them.
  return static_cast<double>(std::distance(begin(descriptors), end(descriptors))) - 1;
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  ProcessUsage usage;
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0) {
    usage.cpu_seconds = Seconds(used.ru_utime) + Seconds(used.ru_stime);
  }
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
    usage.max_descriptors = static_cast<double>(descriptors.rlim_cur);
  }
  usage.resident_bytes = ResidentBytes();
  usage.open_descriptors = OpenDescriptors();
  return usage;
}

}  // namespace fanfare
