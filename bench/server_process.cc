#include "bench/server_process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bench/machine.h"

namespace fanfare::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Between two looks at the child. Only start and end are waited for like this, never measurements.
constexpr std::chrono::milliseconds kLookInterval{5};

// A server says where it listens within this much of its log's start.
constexpr std::size_t kLogHeadBytes = 64 << 10;

// What is quoted of a log's end to explain a failure.
constexpr std::size_t kLogTailBytes = 1024;

std::string ReadLog(int fd, off_t from, std::size_t most) {
  std::string log(most, '\0');
  // pread leaves the file's position, which is shared with the child, where the child writes next.
  const ssize_t length = ::pread(fd, log.data(), log.size(), from);
  log.resize(static_cast<std::size_t>(std::max<ssize_t>(0, length)));
  return log;
}

// The child's side of the fork: async-signal-safe calls only.
[[noreturn]] void BecomeServer(char* const* arguments, int log, pid_t parent,
                               std::optional<int> cpu) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above.
  if (::getppid() != parent) {
    ::_exit(EXIT_FAILURE);
  }
  if (cpu.has_value()) {
    PinThisThread(*cpu);
  }
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(EXIT_FAILURE);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(Options options) {
  UniqueFd log(::memfd_create("server log", MFD_CLOEXEC));
  if (log.get() < 0) {
    return absl::UnavailableError(absl::StrCat("memfd_create: ", std::strerror(errno)));
  }
  // Not make_unique: the constructor is private.
  std::unique_ptr<ServerProcess> server(new ServerProcess(std::move(options), std::move(log)));
  if (absl::Status spawned = server->Spawn(); !spawned.ok()) {
    return spawned;
  }
  if (absl::Status listening = server->WaitUntilListening(); !listening.ok()) {
    return listening;
  }
  return server;
}

absl::Status ServerProcess::Spawn() {
  const std::string& binary = options_.command.front();
  if (::access(binary.c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("cannot run ", binary, ": ", std::strerror(errno)));
  }
  // Made before the fork: allocating after it is not safe.
  std::vector<char*> arguments;
  arguments.reserve(options_.command.size() + 1);
  for (std::string& argument : options_.command) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    BecomeServer(arguments.data(), log_.get(), parent, options_.cpu);
  }
  if (pid_ < 0) {
    return absl::UnavailableError(absl::StrCat("fork: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::Status ServerProcess::WaitUntilListening() {
  const auto deadline = Clock::now() + options_.start_limit;
  while (Clock::now() < deadline) {
    if (std::optional<Endpoint> endpoint =
            FindWebSocketUrl(ReadLog(log_.get(), 0, kLogHeadBytes))) {
      endpoint_ = *std::move(endpoint);
      return absl::OkStatus();
    }
    if (WaitForEnd(kLookInterval)) {
      return absl::UnavailableError(
          absl::StrCat(options_.command.front(), " ended at its start; it logged: ", LogTail()));
    }
  }
  return absl::DeadlineExceededError(
      absl::StrCat(options_.command.front(), " does not listen; it logged: ", LogTail()));
}

bool ServerProcess::WaitForEnd(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    if (Clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::min(limit, kLookInterval));
  }
}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) {
    return;
  }
  ::kill(pid_, SIGTERM);
  if (!WaitForEnd(options_.stop_limit)) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::string ServerProcess::LogTail() const {
  struct stat file{};
  ::fstat(log_.get(), &file);
  const off_t from = std::max<off_t>(0, file.st_size - off_t{kLogTailBytes});
  return ReadLog(log_.get(), from, kLogTailBytes);
}

}  // namespace fanfare::bench
