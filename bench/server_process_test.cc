#include "bench/server_process.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

using std::chrono::milliseconds;

// A "server" that is a shell script.
ServerProcess::Options Script(std::string script) {
  return {.command = {"/bin/sh", "-c", std::move(script)}};
}

TEST(ServerProcessTest, FindsTheEndpoint) {
  auto server = ServerProcess::Start(Script(
      "echo warming up; echo 'info: listening on ws://127.0.0.1:1234/ today'; exec sleep 60"));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->endpoint().address, "127.0.0.1");
  EXPECT_EQ((*server)->endpoint().port, 1234);
  EXPECT_GT((*server)->pid(), 0);
  EXPECT_NE((*server)->LogTail().find("today\n"), std::string::npos);
}

TEST(ServerProcessTest, NoLogIsTooLongForTheChildToGoOn) {
  // More than any pipe would take: the child would hang in the first command.
  const auto server = ServerProcess::Start(Script("head -c 1000000 /dev/zero; echo; echo passed"));
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(server.status().message().find("passed"), absl::string_view::npos);
}

TEST(ServerProcessTest, AMissingBinaryIsAnError) {
  const auto server = ServerProcess::Start({.command = {"/nowhere/server"}});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kNotFound);
}

TEST(ServerProcessTest, AnEndAtTheStartIsAnErrorThatQuotesTheLog) {
  const auto server = ServerProcess::Start(Script("echo no such option >&2; exit 1"));
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(server.status().message().find("no such option"), absl::string_view::npos);
}

TEST(ServerProcessTest, SilenceIsAnErrorAfterTheLimit) {
  ServerProcess::Options options = Script("exec sleep 60");
  options.start_limit = milliseconds(50);
  const auto server = ServerProcess::Start(options);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(ServerProcessTest, AChildThatIgnoresTheSignalIsKilled) {
  ServerProcess::Options options =
      Script("trap '' TERM; echo ws://127.0.0.1:1; while :; do sleep 0.1; done");
  options.stop_limit = milliseconds(50);
  auto server = ServerProcess::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto start = std::chrono::steady_clock::now();
  server->reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace fanfare::bench
