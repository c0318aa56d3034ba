// What this process uses of the machine.
#pragma once

namespace fanfare {

// Numbers are doubles, as metrics are. One that can not be read is 0.
struct ProcessUsage {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double open_descriptors = 0;
  double max_descriptors = 0;
};

// Thread: any. Reads /proc/self (proc(5)).
ProcessUsage ReadProcessUsage();

}  // namespace fanfare
