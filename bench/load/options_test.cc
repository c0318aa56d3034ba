#include "bench/load/options.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

Options Good() {
  Options options;
  options.url = ParseUrl("ws://127.0.0.1:8080/chat/{room}").value();
  options.roster = {.connections = 10, .publishers = 2, .rooms = 2, .stalled = 1};
  return options;
}

void ExpectWrong(const Options& options, const std::string& flag) {
  const absl::Status status = Check(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message().find("--" + flag + ": "), 0u) << status;
}

TEST(OptionsTest, GoodOnesPass) {
  EXPECT_TRUE(Check(Good()).ok()) << Check(Good());
}

TEST(OptionsTest, PublishersAndStalledMayBeEveryone) {
  Options options = Good();
  options.roster.publishers = 9;
  EXPECT_TRUE(Check(options).ok());
  options.roster.publishers = 10;
  ExpectWrong(options, "publishers");
}

TEST(OptionsTest, ErrorsNameTheFlag) {
  Options options = Good();
  options.roster.connections = 0;
  ExpectWrong(options, "connections");
  options = Good();
  options.roster.rooms = 11;
  ExpectWrong(options, "rooms");
  options = Good();
  options.url = ParseUrl("ws://127.0.0.1:8080/chat").value();
  ExpectWrong(options, "rooms");
  options = Good();
  options.roster.stalled = 11;
  ExpectWrong(options, "stalled");
  options = Good();
  options.size = 27;
  ExpectWrong(options, "size");
  options = Good();
  options.window = 0;
  ExpectWrong(options, "window");
  options = Good();
  options.mode = Mode::kRate;
  ExpectWrong(options, "rate");
  options = Good();
  options.warmup = std::chrono::seconds(-1);
  ExpectWrong(options, "warmup");
  options = Good();
  options.duration = options.duration.zero();
  ExpectWrong(options, "duration");
  options = Good();
  options.ramp = -1;
  ExpectWrong(options, "ramp");
  options = Good();
  options.churn = 1;
  options.roster.publishers = 9;
  ExpectWrong(options, "churn");
}

}  // namespace
}  // namespace fanfare::bench
