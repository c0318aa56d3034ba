#include "routes/chat/presence.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanfare::chat {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kMany = 100;

class PresenceTest : public ::testing::Test {
 protected:
  // The name is "<session>'s", unless it is given.
  void Join(const std::string& session, const std::string& name = "",
            std::uint64_t connection = 1) {
    presence_.Join(Author(session, name.empty() ? session + "'s" : name), connection);
  }
  void Leave(const std::string& session) { presence_.Leave(session, 1); }
  // What is told: "+name -session …", or "nothing".
  std::string Told() {
    const std::string frame = presence_.TakeFrame();
    if (frame.empty()) return "nothing";
    const auto json = nlohmann::json::parse(frame);
    EXPECT_EQ(json["type"], "presence");
    EXPECT_EQ(json["room"], "room");
    EXPECT_EQ(json["count"], presence_.count());
    EXPECT_EQ(json["version"], ++version_);
    if (json.contains("listed")) {
      EXPECT_FALSE(json["listed"]);
      EXPECT_FALSE(json.contains("joined") || json.contains("left"));
      return "count";
    }
    std::string told;
    for (const auto& member : json["joined"]) {
      told += "+" + member["name"].get<std::string>() + " ";
    }
    for (const auto& session : json["left"]) told += "-" + session.get<std::string>() + " ";
    if (!told.empty()) told.pop_back();
    return told;
  }
  // The sessions of a page.
  Names Page(const std::string& after = "", std::size_t limit = kMany,
             const std::string& reader = "") {
    Names sessions;
    for (const std::string& member : presence_.Read(after, limit, reader).members) {
      sessions.push_back(nlohmann::json::parse(member)["session"]);
    }
    return sessions;
  }

  Presence presence_{"room", 4};
  std::uint64_t version_ = 0;
};

TEST_F(PresenceTest, AFrameTellsWhoCameAndWhoLeft) {
  Join("a");
  Join("b");
  EXPECT_EQ(presence_.count(), 2U);
  EXPECT_EQ(Told(), "+a's +b's");
  EXPECT_EQ(presence_.version(), 1U);
  Leave("a");
  Join("c");
  EXPECT_EQ(Told(), "+c's -a");
}

TEST_F(PresenceTest, NothingIsToldBeforeSomethingChanges) {
  EXPECT_FALSE(presence_.has_changed());
  Join("a");
  EXPECT_TRUE(presence_.has_changed());
  Told();
  EXPECT_FALSE(presence_.has_changed());
  EXPECT_EQ(Told(), "nothing");
  EXPECT_EQ(presence_.version(), 1U);
}

TEST_F(PresenceTest, WhoComesAndGoesBetweenTwoFramesIsInNeither) {
  Join("a");
  Told();
  Join("b");
  Leave("b");
  EXPECT_EQ(Told(), "nothing");
  Join("b");
  Leave("b");
  Join("c");
  EXPECT_EQ(Told(), "+c's");
}

TEST_F(PresenceTest, WhoLeavesAndComesBackBetweenTwoFramesIsInNeither) {
  Join("a");
  Join("b");
  Told();
  Leave("a");
  Join("a");
  EXPECT_EQ(Told(), "nothing");
  // And is told of as before.
  Leave("a");
  EXPECT_EQ(Told(), "-a");
}

TEST_F(PresenceTest, WhoComesBackWithAnotherNameJoined) {
  Join("a");
  Told();
  Leave("a");
  Join("a", "Ada");
  EXPECT_EQ(Told(), "+Ada");
  // Also without leaving.
  Join("a", "Grace");
  EXPECT_EQ(Told(), "+Grace");
  Join("a", "Alan");
  Join("a", "Grace");
  EXPECT_EQ(Told(), "nothing");
}

TEST_F(PresenceTest, WhoWasInAPageIsToldOfThough) {
  Join("a");
  Told();
  Join("b");
  EXPECT_EQ(Page(), (Names{"a", "b"}));
  Leave("b");
  EXPECT_EQ(Told(), "-b");
}

TEST_F(PresenceTest, WhoWasMissingInAPageIsToldOfThough) {
  Join("a");
  Join("b");
  Told();
  Leave("b");
  EXPECT_EQ(Page(), Names{"a"});
  Join("b");
  EXPECT_EQ(Told(), "+b's");
}

TEST_F(PresenceTest, AnotherNameInAPageIsToldOfThough) {
  Join("a");
  Told();
  Join("a", "Ada");
  Page();
  Join("a", "a's");
  EXPECT_EQ(Told(), "+a's");
}

TEST_F(PresenceTest, OnesOwnPageTellsNothingNewToOneself) {
  Join("a");
  Told();
  Join("b");
  EXPECT_EQ(Page("", kMany, "b"), (Names{"a", "b"}));
  Leave("b");
  EXPECT_EQ(Told(), "nothing");
}

TEST_F(PresenceTest, OfOtherPartsOfTheRosterAPageTellsTheCountOnly) {
  Join("a");
  Join("b");
  Told();
  Join("c");
  EXPECT_EQ(Page("", 2), (Names{"a", "b"}));
  Leave("c");
  // The page came with a count of three.
  EXPECT_EQ(Told(), "");
  EXPECT_EQ(Told(), "nothing");
}

TEST_F(PresenceTest, AboveTheLimitChangesAreCountedOnly) {
  for (const char* session : {"a", "b", "c", "d"}) Join(session);
  EXPECT_TRUE(presence_.is_listed());
  EXPECT_EQ(Told(), "+a's +b's +c's +d's");
  Join("e");
  EXPECT_FALSE(presence_.is_listed());
  EXPECT_EQ(Told(), "count");
  // Somebody may be there instead of somebody else.
  Leave("a");
  Join("f");
  EXPECT_EQ(Told(), "count");
}

TEST_F(PresenceTest, ChangesAreNotListedIfThereWereTooManyMeanwhile) {
  Join("a");
  Told();
  for (const char* session : {"b", "c", "d", "e"}) Join(session);
  for (const char* session : {"b", "c", "d", "e"}) Leave(session);
  EXPECT_EQ(Told(), "count");
  Join("b");
  EXPECT_EQ(Told(), "+b's");
}

TEST_F(PresenceTest, WhomNobodyWasToldOfDoesNotLeave) {
  for (const char* session : {"a", "b", "c", "d", "e", "f"}) Join(session);
  EXPECT_EQ(Told(), "count");
  EXPECT_EQ(Page("d", 1), Names{"e"});
  Leave("d");
  EXPECT_EQ(Told(), "count");
  // "e" was in a page, "f" was not; but both are counted.
  Leave("e");
  EXPECT_EQ(Told(), "-e");
  Leave("f");
  EXPECT_EQ(Told(), "");
}

TEST_F(PresenceTest, ALostMemberIsCountedUntilItIsForgotten) {
  Join("a");
  Told();
  EXPECT_TRUE(presence_.Lose("a", 1));
  EXPECT_EQ(presence_.count(), 1U);
  EXPECT_FALSE(presence_.has_changed());
  presence_.Forget("a", 1);
  EXPECT_EQ(presence_.count(), 0U);
  EXPECT_EQ(Told(), "-a");
}

TEST_F(PresenceTest, ALostMemberThatComesBackWasNeverAway) {
  Join("a", "Ada", 1);
  Told();
  EXPECT_TRUE(presence_.Lose("a", 1));
  Join("a", "Ada", 2);
  presence_.Forget("a", 1);
  EXPECT_EQ(presence_.count(), 1U);
  EXPECT_EQ(Told(), "nothing");
  // The same connection may join again, too.
  EXPECT_TRUE(presence_.Lose("a", 2));
  Join("a", "Ada", 2);
  presence_.Forget("a", 2);
  EXPECT_EQ(presence_.count(), 1U);
}

TEST_F(PresenceTest, WhatBecomesOfAConnectionThatWasReplacedChangesNothing) {
  Join("a", "Ada", 1);
  Join("a", "Ada", 2);
  EXPECT_FALSE(presence_.Lose("a", 1));
  presence_.Leave("a", 1);
  presence_.Forget("a", 1);
  EXPECT_EQ(presence_.count(), 1U);
  presence_.Leave("a", 2);
  EXPECT_EQ(presence_.count(), 0U);
  EXPECT_FALSE(presence_.Lose("nobody", 2));
}

TEST_F(PresenceTest, PagesGoThroughTheMembersInOrder) {
  for (const char* session : {"d", "b", "e", "a", "c"}) Join(session);
  const Presence::Page first = presence_.Read("", 2);
  EXPECT_EQ(first.members,
            (Names{R"({"session":"a","name":"a's"})", R"({"session":"b","name":"b's"})"}));
  EXPECT_EQ(first.next, "b");
  EXPECT_EQ(Page("b", 2), (Names{"c", "d"}));
  // A page that ends with the last member is the last.
  EXPECT_EQ(presence_.Read("c", 2).next, "");
  EXPECT_EQ(Page("e"), Names{});
  // One after a session that is gone goes on behind it.
  Leave("c");
  EXPECT_EQ(Page("c"), (Names{"d", "e"}));
}

TEST_F(PresenceTest, FindsWhoHasAName) {
  const auto error_of = [&](const std::string& name) {
    const auto found = presence_.SessionNamed(name);
    const auto* error = std::get_if<Error>(&found);
    return error == nullptr ? "none" : NameOf(error->code);
  };
  Join("a", "Ada");
  Join("b", "Ada Lovelace");
  EXPECT_EQ(std::get<std::string>(presence_.SessionNamed("Ada")), "a");
  EXPECT_EQ(error_of("Ad"), "no_such_member");
  Join("c", "Ada");
  EXPECT_EQ(error_of("Ada"), "ambiguous_name");
  // Old names are nobody's.
  Join("a", "Grace");
  EXPECT_EQ(std::get<std::string>(presence_.SessionNamed("Ada")), "c");
  Leave("c");
  EXPECT_EQ(error_of("Ada"), "no_such_member");
  EXPECT_EQ(std::get<std::string>(presence_.SessionNamed("Grace")), "a");
}

}  // namespace
}  // namespace fanfare::chat
