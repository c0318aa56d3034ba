// A whole load, from connecting to the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/load/churn.h"
#include "bench/load/crowd.h"
#include "bench/load/options.h"
#include "bench/load/progress.h"
#include "bench/load/result.h"
#include "bench/load/traffic.h"

namespace fanfare::bench {

// Runs a load: connects everyone, makes sure that all hear their rooms, publishes for the warm-up
// and for the measured time, and waits for what is still owed. One thread, which is the caller's.
class LoadRun final : private Crowd::Listener {
 public:
  // The options must have passed Check.
  explicit LoadRun(const Options& options);

  // Once only. An error means that nothing was measured; what went wrong while measuring is in the
  // result's problems.
  absl::StatusOr<Result> Execute();

 private:
  absl::Status Connect();
  absl::Status Join();
  void Measure();
  // Publishes until `end`, or until nobody is left or nothing comes any more.
  void Publish(std::uint64_t end, const char* phase);
  void Drain();

  // Waits for events at most until `end`.
  void Turn(std::uint64_t end, const char* phase);
  void TakeChurn(std::uint64_t now);
  // True, and a problem, if something is owed and nothing has come for a long time.
  bool IsSilent(std::uint64_t now);
  void ShowProgress(std::uint64_t now, const char* phase);

  void OnOpen(std::size_t connection, std::uint64_t nanoseconds) override;
  void OnRefused(std::size_t connection, const absl::Status& why) override;
  void OnMessage(std::size_t connection, std::string_view payload, std::uint64_t now) override;
  void OnLost(std::size_t connection, const std::string& why) override;

  const Options options_;
  Result result_;
  Crowd crowd_;
  Traffic traffic_;
  Churn churn_;
  Progress progress_;
  // Connections that are open or being opened again.
  std::size_t open_ = 0;
  // While everyone connects, a failure ends the load; later it is a problem of the result.
  bool connecting_ = true;
  absl::Status refused_;
  bool silent_ = false;
  std::int64_t deliveries_seen_ = 0;
  std::uint64_t quiet_since_ = 0;
  // For progress.
  std::int64_t deliveries_shown_ = 0;
  std::uint64_t shown_at_ = 0;
};

}  // namespace fanfare::bench
