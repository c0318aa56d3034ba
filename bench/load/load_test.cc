// The program as its users meet it: flags, output and exit status.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/server_process.h"
#include "bench/subject.h"

namespace fanfare::bench {
namespace {

struct Output {
  std::string text;
  int exit_status = 0;
};

// Runs the program in a shell, whose redirections `arguments` may have.
Output Load(const std::string& arguments) {
  Output output;
  std::FILE* const pipe = ::popen(("bench/load/load " + arguments).c_str(), "r");
  std::array<char, 4096> buffer{};
  while (const std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.text.append(buffer.data(), length);
  }
  output.exit_status = WEXITSTATUS(::pclose(pipe));
  return output;
}

class LoadTest : public testing::Test {
 protected:
  LoadTest() {
    auto floor = ServerProcess::Start({.command = Floor().command});
    EXPECT_TRUE(floor.ok()) << floor.status();
    floor_ = *std::move(floor);
    flags_ = "--url=ws://127.0.0.1:" + std::to_string(floor_->endpoint().port) +
             "/ --connections=10 --warmup=10ms --duration=50ms --server_pid=" +
             std::to_string(floor_->pid());
  }

  std::unique_ptr<ServerProcess> floor_;
  std::string flags_;
};

TEST_F(LoadTest, PrintsATable) {
  const Output output = Load(flags_);
  EXPECT_EQ(output.exit_status, 0) << output.text;
  EXPECT_NE(output.text.find("exactly once and in order"), std::string::npos) << output.text;
}

TEST_F(LoadTest, PrintsJsonAlone) {
  const Output output = Load(flags_ + " --rate=100 --json=- 2>/dev/null");
  EXPECT_EQ(output.exit_status, 0) << output.text;
  const auto json = nlohmann::json::parse(output.text);
  EXPECT_EQ(json["mode"], "rate");
  EXPECT_EQ(json["missing"], 0);
  EXPECT_GT(json["server"]["rss_bytes_end"], 0);
}

TEST_F(LoadTest, WritesJsonToAFile) {
  const std::string file = testing::TempDir() + "/load.json";
  const Output output = Load(flags_ + " --lockstep --json=" + file + " && cat " + file);
  EXPECT_EQ(output.exit_status, 0) << output.text;
  EXPECT_NE(output.text.find("\"mode\": \"lockstep\""), std::string::npos) << output.text;
}

TEST_F(LoadTest, BadFlagsAreNamed) {
  for (const std::string flag : {"--url=http://x/", "--size=1", "--publishers=11", "--rooms=2",
                                 "--server_pid=none", "--connections=1000000"}) {
    const Output output = Load(flags_ + " " + flag + " 2>&1");
    EXPECT_EQ(output.exit_status, 2) << output.text;
    const std::string name = flag.substr(2, flag.find('=') - 2);
    EXPECT_NE(output.text.find(name), std::string::npos) << output.text;
  }
  EXPECT_EQ(Load(flags_ + " --rate=1 --lockstep 2>&1").exit_status, 2);
}

TEST_F(LoadTest, SaysThatNobodyListens) {
  floor_.reset();
  const Output output = Load(flags_.substr(0, flags_.find(" --server_pid")) + " 2>&1");
  EXPECT_EQ(output.exit_status, 2);
  EXPECT_NE(output.text.find("Connection refused"), std::string::npos) << output.text;
}

}  // namespace
}  // namespace fanfare::bench
