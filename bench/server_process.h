// A server as a child process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/endpoint.h"
#include "core/unique_fd.h"

namespace fanfare::bench {

// A server that runs as a child process: from the log line that says where it listens, until this
// object is destroyed. The child is ended with SIGTERM, killed if it does not obey, and dies with
// its parent whatever happens to that.
//
// The parent must have one thread only, because it forks.
class ServerProcess {
 public:
  struct Options {
    // The binary and its arguments.
    std::vector<std::string> command;
    // The processor that the child is kept on.
    std::optional<int> cpu = std::nullopt;
    // How long the child may take until it listens.
    std::chrono::milliseconds start_limit{10'000};
    // How long the child may take to end after SIGTERM, before SIGKILL: longer than servers give
    // themselves.
    std::chrono::milliseconds stop_limit{10'000};
  };

  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(Options options);

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  const Endpoint& endpoint() const { return endpoint_; }

  pid_t pid() const { return pid_; }

  // The end of what the child has logged, to explain a failure.
  std::string LogTail() const;

 private:
  ServerProcess(Options options, UniqueFd log)
      : options_(std::move(options)), log_(std::move(log)) {}

  absl::Status Spawn();
  absl::Status WaitUntilListening();
  // Waits until the child has ended or `limit` has passed; true if it has ended.
  bool WaitForEnd(std::chrono::milliseconds limit);

  Options options_;
  // Standard output and error of the child go to a file in memory: unlike a pipe it never fills up,
  // so a server that logs much is never held up by a benchmark that does not read.
  UniqueFd log_;
  // -1 before the start, and after the end was seen.
  pid_t pid_ = -1;
  Endpoint endpoint_;
};

}  // namespace fanfare::bench
