#include "bench/rig.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "bench/machine.h"
#include "bench/process_usage.h"

namespace fanfare::bench {
namespace {

// How long a doubled message may take to show itself.
constexpr std::chrono::milliseconds kSilence{20};

constexpr int kWarmUpDivisor = 4;

absl::Status Explain(const absl::Status& status, const std::string& name,
                     const ServerProcess& server) {
  const std::string log = server.LogTail();
  return absl::Status(status.code(), absl::StrCat(name, ": ", status.message(), "; its log ends: ",
                                                  absl::StripTrailingAsciiWhitespace(log)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Rig>> Rig::Start(const Subject& subject, const RigOptions& options) {
  if (absl::Status allowed = AllowConnections(options.clients); !allowed.ok()) {
    return allowed;
  }
  absl::StatusOr<std::unique_ptr<ServerProcess>> server =
      ServerProcess::Start({.command = subject.command, .cpu = options.server_cpu});
  if (!server.ok()) {
    return server.status();
  }
  absl::StatusOr<std::unique_ptr<LoadClient>> load =
      LoadClient::Connect({.connect = {.server = (*server)->endpoint(),
                                       .path = subject.path,
                                       .subprotocol = subject.subprotocol,
                                       .count = options.clients},
                           .publishers = options.publishers,
                           .message_bytes = options.message_bytes,
                           .json_room = subject.json_room});
  if (!load.ok()) {
    return Explain(load.status(), subject.name, **server);
  }
  // Not make_unique: the constructor is private.
  std::unique_ptr<Rig> rig(new Rig(subject.name, *std::move(server), *std::move(load)));
  return rig;
}

absl::StatusOr<std::unique_ptr<Rig>> Rig::StartWarm(const Subject& subject,
                                                    const RigOptions& options, Traffic traffic) {
  absl::StatusOr<std::unique_ptr<Rig>> rig = Start(subject, options);
  if (!rig.ok()) {
    return rig.status();
  }
  traffic.messages_per_publisher /= kWarmUpDivisor;
  if (absl::StatusOr<Measurement> warm = (*rig)->Run(traffic); !warm.ok()) {
    return warm.status();
  }
  return rig;
}

absl::StatusOr<Measurement> Rig::Run(const Traffic& traffic) {
  const std::int64_t before = CpuNanoseconds(server_->pid());
  absl::StatusOr<LoadResult> result = load_->Run(traffic);
  const std::int64_t after = CpuNanoseconds(server_->pid());
  if (!result.ok()) {
    return Explain(result.status(), name_, *server_);
  }
  return Measurement{.load = *std::move(result), .server_nanoseconds = after - before};
}

absl::Status Rig::Finish() {
  const absl::Status silent = load_->ExpectSilence(kSilence);
  return silent.ok() ? silent : Explain(silent, name_, *server_);
}

}  // namespace fanfare::bench
