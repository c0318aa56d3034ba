#include "core/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>

#include "core/unique_fd.h"
#include "core/watchdog.h"

namespace fanfare {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// The manager's end: a datagram socket with an abstract name.
class ServiceManagerTest : public ::testing::Test {
 public:
  ServiceManagerTest() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string name = "fanfare-test-" + std::to_string(getpid());
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    name.copy(&address.sun_path[1], name.size());
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): so the system wants it.
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), bytes), 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }

  ServiceManagerTest(const ServiceManagerTest&) = delete;
  ServiceManagerTest& operator=(const ServiceManagerTest&) = delete;

 protected:
  // Waits for the next that the manager is told.
  std::string Told() {
    std::array<char, 4096> text{};
    const ssize_t bytes = recv(socket_.get(), text.data(), text.size(), 0);
    EXPECT_GT(bytes, 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(bytes, 0))};
  }

 private:
  const UniqueFd socket_;
};

TEST_F(ServiceManagerTest, IsToldWhatTheProcessDoes) {
  NotifyReady("serving at 127.0.0.1:80");
  EXPECT_EQ(Told(), "READY=1\nSTATUS=serving at 127.0.0.1:80");
  NotifyReloading();
  EXPECT_THAT(Told(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=reloading"));
  NotifyStopping();
  EXPECT_EQ(Told(), "STOPPING=1\nSTATUS=stopping");
}

TEST_F(ServiceManagerTest, AStatusIsOneLine) {
  NotifyStatus("a\nSTOPPING=1");
  EXPECT_EQ(Told(), "STATUS=a STOPPING=1");
}

TEST_F(ServiceManagerTest, NobodyIsToldWhereThereIsNone) {
  unsetenv("NOTIFY_SOCKET");
  NotifyReady("");
  setenv("NOTIFY_SOCKET", "/nowhere", 1);
  NotifyReady("");
}

TEST_F(ServiceManagerTest, TheWatchdogTellsAgainAndAgain) {
  setenv("WATCHDOG_USEC", "20000", 1);
  const Watchdog watchdog([] { return ""; });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Told(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, TheWatchdogTellsAProblemInstead) {
  setenv("WATCHDOG_USEC", "20000", 1);
  std::atomic<bool> is_well = true;
  const Watchdog watchdog([&is_well] { return is_well ? "" : "shard 0 is stuck\nshard 1 is\n"; });
  EXPECT_EQ(Told(), "WATCHDOG=1");
  is_well = false;
  std::string told;
  while ((told = Told()) == "WATCHDOG=1") {
  }
  EXPECT_EQ(told, "STATUS=shard 0 is stuck shard 1 is ");
  EXPECT_EQ(Told(), told);
  is_well = true;
  while (Told() != "WATCHDOG=1") {
  }
}

TEST_F(ServiceManagerTest, NobodyAsksWhereThereIsNoWatchdog) {
  const Watchdog watchdog([] {
    ADD_FAILURE() << "asked";
    return "";
  });
  // That of another process.
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(WatchdogTime(), std::nullopt);
}

// What is passed is tried by tests/process/service_test.py.
TEST_F(ServiceManagerTest, WithoutPassedSocketsThereIsAnError) {
  EXPECT_THAT(std::string(PassedSockets("").status().message()),
              AllOf(StartsWith("the service manager passed no sockets"), HasSubstr(".socket")));
}

}  // namespace
}  // namespace fanfare
