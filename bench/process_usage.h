// What a process has used of its machine.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace fanfare::bench {

// CPU time that all threads of the process have used until now, in the kernel too; 0 if there is no
// such process. `pid` may be 0, for this process.
std::int64_t CpuNanoseconds(pid_t pid);

// The memory of the process now, without what the kernel holds for its sockets.
std::int64_t ResidentBytes(pid_t pid);

}  // namespace fanfare::bench
