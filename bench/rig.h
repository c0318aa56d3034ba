// A server and its clients, ready to be measured.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/load_client.h"
#include "bench/process_usage.h"
#include "bench/server_process.h"
#include "bench/subject.h"

namespace fanfare::bench {

struct RigOptions {
  int clients = 1;
  int publishers = 1;
  std::size_t message_bytes = 64;
  // The processor of the server.
  std::optional<int> server_cpu = std::nullopt;
};

struct Measurement {
  LoadResult load;
  // CPU time that the server used for the run.
  std::int64_t server_nanoseconds = 0;

  double ServerNanosecondsPerDelivery() const {
    return static_cast<double>(server_nanoseconds) / static_cast<double>(load.deliveries);
  }
};

// A server of its own process with all its clients connected, ready to be measured.
class Rig {
 public:
  static absl::StatusOr<std::unique_ptr<Rig>> Start(const Subject& subject,
                                                    const RigOptions& options);

  // Starts, and runs a quarter of the traffic: the first rounds fill caches, grow buffers and let
  // TCP find its windows.
  static absl::StatusOr<std::unique_ptr<Rig>> StartWarm(const Subject& subject,
                                                        const RigOptions& options, Traffic traffic);

  // Runs the traffic and measures it. Errors say which server failed and what it logged last.
  absl::StatusOr<Measurement> Run(const Traffic& traffic);

  // Ends the measurements: an error if the server delivers anything more than it should have.
  absl::Status Finish();

  std::int64_t ServerResidentBytes() const { return ResidentBytes(server_->pid()); }

 private:
  Rig(std::string name, std::unique_ptr<ServerProcess> server, std::unique_ptr<LoadClient> load)
      : name_(std::move(name)), server_(std::move(server)), load_(std::move(load)) {}

  std::string name_;
  std::unique_ptr<ServerProcess> server_;
  // Destroyed first: a server without connections has nothing to wait for when it is ended.
  std::unique_ptr<LoadClient> load_;
};

}  // namespace fanfare::bench
