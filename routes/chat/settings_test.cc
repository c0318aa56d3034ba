#include "routes/chat/settings.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace fanfare::chat {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The error; empty if there is none.
std::string ErrorOf(json value) {
  Options options(std::move(value), "options");
  absl::Status status = ReadSettings(options).status();
  if (status.ok()) status = options.Finish();
  return std::string(status.message());
}

TEST(ChatSettingsTest, WithoutOptionsThereAreDefaults) {
  Options options(json::object(), "options");
  const auto settings = ReadSettings(options);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->room.history.messages, 1000U);
  EXPECT_EQ(settings->room.history.age, std::chrono::hours(24));
  EXPECT_EQ(settings->room.presence_interval, milliseconds(1000));
  EXPECT_EQ(settings->room.grace, milliseconds(5000));
  EXPECT_EQ(settings->resume, seconds(120));
  EXPECT_TRUE(settings->api_keys.empty());
  EXPECT_EQ(ErrorOf(json::object()), "");
}

TEST(ChatSettingsTest, EveryOptionIsRead) {
  Options options(json::parse(R"({
    "history": {"events": 1, "bytes": 2, "seconds": 3},
    "presence": {"interval_ms": 10, "grace_ms": 0, "list_up_to": 6},
    "resume_seconds": 7, "rooms": 8, "api": {"keys": ["k"]}
  })"),
                  "options");
  const auto settings = ReadSettings(options);
  ASSERT_TRUE(settings.ok() && options.Finish().ok());
  EXPECT_EQ(settings->room.history.messages, 1U);
  EXPECT_EQ(settings->room.history.bytes, 2U);
  EXPECT_EQ(settings->room.history.age, seconds(3));
  EXPECT_EQ(settings->room.presence_interval, milliseconds(10));
  EXPECT_EQ(settings->room.grace, milliseconds(0));
  EXPECT_EQ(settings->room.list_up_to, 6U);
  EXPECT_EQ(settings->resume, seconds(7));
  EXPECT_EQ(settings->rooms, 8U);
  EXPECT_EQ(settings->api_keys, std::vector<std::string>{"k"});
}

TEST(ChatSettingsTest, AnErrorNamesTheOption) {
  EXPECT_EQ(ErrorOf({{"history", {{"event", 1}}}}),
            "options.history.event: unknown key; did you mean \"events\"?");
  EXPECT_EQ(ErrorOf({{"history", 5}}), "options.history: expected an object, got 5");
  EXPECT_EQ(ErrorOf({{"presence", {{"interval_ms", 1}}}}),
            "options.presence.interval_ms: expected a whole number from 10 to 60000, got 1");
  EXPECT_EQ(ErrorOf({{"resume_seconds", 0}}),
            "options.resume_seconds: expected a whole number from 1 to 86400, got 0");
  EXPECT_EQ(ErrorOf({{"room", 1}}), "options.room: unknown key; did you mean \"rooms\"?");
  EXPECT_EQ(ErrorOf({{"api", {{"keys", {"good", ""}}}}}),
            "options.api.keys: a key is 1 or more characters of A-Z a-z 0-9 - . _ ~ + / =");
}

}  // namespace
}  // namespace fanfare::chat
