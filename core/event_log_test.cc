#include "core/event_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/log_text.h"
#include "core/logging.h"
#include "core/unique_fd.h"

namespace fanfare {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

// Standard output goes to a file for as long as this lives.
class Capture {
 public:
  Capture() : before_(::dup(STDOUT_FILENO)), file_(::open("/tmp", O_TMPFILE | O_RDWR, 0600)) {
    if (file_.get() < 0) {
      // Where the file system has none without a name.
      std::string name = testing::TempDir() + "log_test_XXXXXX";
      file_ = UniqueFd(::mkstemp(name.data()));
      ::unlink(name.c_str());
    }
    std::fflush(stdout);
    ::dup2(file_.get(), STDOUT_FILENO);
  }
  ~Capture() { ::dup2(before_.get(), STDOUT_FILENO); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  Lines Read() const {
    std::string text;
    std::array<char, 4096> buffer{};
    ::lseek(file_.get(), 0, SEEK_SET);
    for (ssize_t bytes = 0; (bytes = ::read(file_.get(), buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    Lines lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }

 private:
  const UniqueFd before_;
  UniqueFd file_;
};

// What is logged by `log` with these settings.
template <class Log>
Lines LinesOf(const LogSettings& settings, Log log) {
  const Capture capture;
  {
    const Logging logging(settings);
    log();
  }
  return capture.Read();
}

// Without their times.
template <class Log>
Lines TextOf(const LogSettings& settings, Log log) {
  Lines lines = LinesOf(settings, log);
  for (std::string& line : lines) line = line.substr(line.find(' ') + 1);
  return lines;
}

template <class Log>
std::vector<json> JsonOf(LogSettings settings, Log log) {
  settings.format = LogFormat::kJson;
  std::vector<json> objects;
  for (const std::string& line : LinesOf(settings, log)) {
    objects.push_back(json::parse(line));
    const std::string time = objects.back()["time"];
    EXPECT_EQ(time.size(), std::string_view("2026-11-24T09:30:00.000Z").size()) << time;
    EXPECT_EQ(time.back(), 'Z');
    objects.back().erase("time");
  }
  return objects;
}

constexpr LogSubject kAda = {.peer = "127.0.0.1:4242", .session = 7, .route = "chat"};

void LogASession() {
  WriteLog(LogEvent::kConnected, {.about = kAda, .text = "connected"});
  LogMessage(LogEvent::kReceived, kAda, {MessageType::kText, "say \"hi\"\n"});
  LogMessage(LogEvent::kSent, kAda, {MessageType::kBinary, std::string_view("\x00\xff", 2)});
  WriteLog(LogEvent::kDisconnected, {.about = kAda,
                                     .text = "disconnected (1001 \"going away\")",
                                     .fields = {{"code", std::uint64_t{1001}},
                                                {"reason", "going away"},
                                                {"nothing", {}},
                                                {"empty", ""}}});
}

TEST(EventLogTest, InText) {
  EXPECT_EQ(TextOf({}, LogASession), (Lines{
                                         "info 127.0.0.1:4242 connected",
                                         R"(info 127.0.0.1:4242 >> "say \"hi\"\n")",
                                         R"(info 127.0.0.1:4242 << binary "\x00\xff" (2 bytes))",
                                         "info 127.0.0.1:4242 disconnected (1001 \"going away\")",
                                     }));
}

TEST(EventLogTest, InJson) {
  const json about = {{"peer", "127.0.0.1:4242"}, {"session", 7}, {"route", "chat"}};
  const auto line = [&](json members) {
    members.update(about);
    members["level"] = "info";
    return members;
  };
  const std::vector<json> lines = JsonOf({}, LogASession);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], line({{"event", "connected"}, {"message", "connected"}}));
  EXPECT_EQ(lines[1], line({{"event", "received"},
                            {"message", R"(>> "say \"hi\"\n")"},
                            {"payload", "say \"hi\"\n"},
                            {"bytes", 9}}));
  EXPECT_EQ(lines[2], line({{"event", "sent"},
                            {"message", R"(<< binary "\x00\xff" (2 bytes))"},
                            // What is not UTF-8 can not be in JSON.
                            {"payload", std::string("\0\uFFFD", 4)},
                            {"bytes", 2},
                            {"binary", true}}));
  EXPECT_EQ(lines[3], line({{"event", "disconnected"},
                            {"message", "disconnected (1001 \"going away\")"},
                            {"code", 1001},
                            {"reason", "going away"}}));
}

// No terminal acts upon it, whoever looks at it.
TEST(EventLogTest, JsonIsAscii) {
  const Lines lines = LinesOf({.format = LogFormat::kJson}, [] {
    LogMessage(LogEvent::kReceived, {}, {MessageType::kText, "\u009b\u202e\x7f\u4e16"});
  });
  ASSERT_EQ(lines.size(), 1U);
  for (const char c : lines[0]) EXPECT_TRUE(c >= ' ' && c <= '~') << lines[0];
  EXPECT_EQ(json::parse(lines[0])["payload"], "\u009b\u202e\x7f\u4e16");
}

TEST(EventLogTest, NoSecretsInEitherFormat) {
  const auto log = [] {
    LogMessage(LogEvent::kSent, kAda, {MessageType::kText, R"({"token":"hushhush"})"});
    WriteLog(LogEvent::kRouteFailed,
             {.about = kAda, .text = "the route failed", .fields = {{"reason", "key=hushhush"}}});
    WriteLog(LogEvent::kRoute, {.about = kAda, .text = "who said Bearer hushhush?\n"});
  };
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    for (const std::string& line : LinesOf({.format = format}, log)) {
      EXPECT_EQ(line.find("hushhush"), std::string::npos) << line;
    }
  }
  EXPECT_EQ(TextOf({}, log)[2], R"(info 127.0.0.1:4242 who said Bearer ***?\n)");
}

// What a message's cut makes look like one is no secret, and is the same in both places.
TEST(EventLogTest, SecretsAreLookedForOnce) {
  const std::string shown = std::string(kMaxLoggedBytes - 4, 'a') + " eyJ";
  const std::vector<json> lines = JsonOf({}, [&] {
    LogMessage(LogEvent::kReceived, kAda, {MessageType::kText, shown + " is no token here"});
  });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["payload"], shown);
  EXPECT_EQ(lines[0]["message"], ">> \"" + shown + "...\" (273 bytes)");
}

TEST(EventLogTest, Levels) {
  const auto log = [] {
    WriteLog(LogEvent::kAnswered, {.text = "debug"});
    WriteLog(LogEvent::kConnected, {.text = "info"});
    WriteLog(LogEvent::kRefused, {.text = "warn"});
    WriteLog(LogEvent::kStarting, {.text = "also warn", .level = LogLevel::kWarn});
    WriteLog(LogEvent::kRouteFailed, {.text = "error"});
  };
  const Lines all = {"debug debug", "info info", "warn warn", "warn also warn", "error error"};
  std::size_t from = 0;
  for (const auto& [name, level] : kLogLevels) {
    EXPECT_EQ(TextOf({.level = level}, log),
              Lines(all.begin() + static_cast<std::ptrdiff_t>(from), all.end()))
        << name;
    from += level == LogLevel::kWarn ? 2 : 1;
  }
  for (const json& line : JsonOf({.level = LogLevel::kDebug}, log)) {
    EXPECT_TRUE(line["message"].get<std::string>().ends_with(line["level"].get<std::string>()));
  }
  // While it runs, and by name.
  EXPECT_EQ(TextOf({},
                   [] {
                     EXPECT_TRUE(SetLogLevel("error"));
                     EXPECT_EQ(CurrentLogLevelName(), "error");
                     WriteLog(LogEvent::kConnected, {.text = "not"});
                     EXPECT_FALSE(SetLogLevel("loud"));
                     EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
                     SetLogLevel(LogLevel::kDebug);
                     EXPECT_TRUE(IsLogged(LogLevel::kDebug));
                     WriteLog(LogEvent::kAnswered, {.text = "this"});
                   }),
            Lines{"debug this"});
}

TEST(EventLogTest, WhatAnOperatorDidIsWrittenWhateverTheLevelIs) {
  const auto log = [] {
    for (int i = 0; i < 5; ++i) WriteLog(LogEvent::kOperated, {.text = "closes"});
    WriteLog(LogEvent::kConnected, {.text = "info"});
    WriteLog(LogEvent::kRefused, {.text = "warn"});
  };
  // All of it, however much there may be of others.
  EXPECT_EQ(TextOf({.level = LogLevel::kError, .lines_per_second = 1}, log),
            Lines(5, "info closes"));
  const std::vector<json> objects = JsonOf({.level = LogLevel::kError}, [] {
    WriteLog(LogEvent::kOperated, {.text = "closes", .fields = {{"reason", "key=hushhush"}}});
  });
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(
      objects[0],
      (json{
          {"level", "info"}, {"event", "operated"}, {"message", "closes"}, {"reason", "key=***"}}));
}

TEST(EventLogTest, OfOneKindThereAreSoManyInASecond) {
  const std::uint64_t before = CountDroppedLogLines().too_many;
  const auto log = [] {
    for (int i = 0; i < 5; ++i) WriteLog(LogEvent::kConnected, {.text = "connected"});
    for (int i = 0; i < 3; ++i) WriteLog(LogEvent::kRefused, {.text = "refused"});
    for (int i = 0; i < 5; ++i) WriteLog(LogEvent::kStarting, {.text = "starting"});
    for (int i = 0; i < 5; ++i) LogMessage(LogEvent::kSent, {}, {MessageType::kText, "hi"});
  };
  // A second may begin anywhere in it: what is said holds all the same.
  const auto count = [](const Lines& lines, std::string_view part) {
    std::uint64_t found = 0;
    for (const std::string& line : lines) {
      if (line.find(part) != std::string::npos) ++found;
    }
    return found;
  };
  const Lines lines = TextOf({.lines_per_second = 2}, log);
  EXPECT_EQ(count(lines, "info starting"), 5U);
  EXPECT_EQ(count(lines, "<< \"hi\""), 5U);
  EXPECT_GE(count(lines, "info connected"), 2U);
  EXPECT_GE(count(lines, "warn refused"), 1U);
  EXPECT_GE(count(lines, " more connected lines in the last second"), 1U);
  EXPECT_GE(count(lines, " more refused lines in the last second"), 1U);
  EXPECT_EQ(CountDroppedLogLines().too_many - before,
            5 - count(lines, "info connected") + 3 - count(lines, "warn refused"));

  std::uint64_t more = 0;
  const std::vector<json> objects = JsonOf({.lines_per_second = 1}, log);
  for (const json& line : objects) {
    if (line["event"] == "connected" && line.contains("more")) more += line["more"].get<unsigned>();
  }
  EXPECT_GE(more, 3U);
  EXPECT_LE(more, 4U);
  EXPECT_EQ(count(TextOf({.lines_per_second = 0}, log), "info connected"), 5U);
}

}  // namespace
}  // namespace fanfare
