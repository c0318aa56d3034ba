#include "core/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <map>

#include "core/route.h"

namespace fanfare {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class NamedRoute : public Route {
 public:
  explicit NamedRoute(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

// A router of one route for each pattern, which is also the route's name.
class RouterTest : public testing::Test {
 protected:
  absl::Status Add(const std::string& pattern) {
    routes_.push_back(std::make_unique<NamedRoute>(pattern));
    return router_.Add(pattern, "route" + std::to_string(routes_.size()), *routes_.back());
  }

  void AddAll(std::initializer_list<const char*> patterns) {
    for (const char* pattern : patterns) {
      const absl::Status status = Add(pattern);
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  // The pattern that a path found and its parameters: "/chat/{room} room=lobby"; "-" for nothing.
  std::string Find(std::string_view path) const {
    const Router::Match match = router_.Find(path);
    if (match.route == nullptr) {
      EXPECT_TRUE(match.params.empty());
      return "-";
    }
    std::string found = static_cast<const NamedRoute*>(match.route)->name();
    for (const auto& [name, value] : match.params) {
      found.append(" ").append(name).append("=").append(value);
    }
    return found;
  }

  std::vector<std::unique_ptr<NamedRoute>> routes_;
  Router router_;
};

TEST_F(RouterTest, AnEmptyOneFindsNothing) {
  EXPECT_EQ(Find("/"), "-");
  EXPECT_EQ(Find(""), "-");
}

TEST_F(RouterTest, FindsLiterals) {
  AddAll({"/", "/chat", "/chat/all"});
  EXPECT_EQ(Find("/"), "/");
  EXPECT_EQ(Find("/chat"), "/chat");
  EXPECT_EQ(Find("/chat/all"), "/chat/all");
  for (const char* path : {"", "chat", "/cha", "/chats", "/Chat", "/chat/", "//chat", "/chat/al",
                           "/chat/all/x", "//"}) {
    EXPECT_EQ(Find(path), "-") << path;
  }
}

TEST_F(RouterTest, ATrailingSlashIsASegment) {
  AddAll({"/chat/"});
  EXPECT_EQ(Find("/chat/"), "/chat/");
  EXPECT_EQ(Find("/chat"), "-");
}

TEST_F(RouterTest, AParameterTakesOneSegmentThatIsNotEmpty) {
  AddAll({"/chat/{room}", "/{a}/x/{b}"});
  EXPECT_EQ(Find("/chat/lobby"), "/chat/{room} room=lobby");
  EXPECT_EQ(Find("/1/x/2"), "/{a}/x/{b} a=1 b=2");
  EXPECT_EQ(Find("/chat/"), "-");
  EXPECT_EQ(Find("/chat"), "-");
  EXPECT_EQ(Find("/chat/lobby/"), "-");
  EXPECT_EQ(Find("/chat/a/b"), "-");
  EXPECT_EQ(Find("//x/2"), "-");
}

TEST_F(RouterTest, TheStarTakesTheRest) {
  AddAll({"/files/*", "/u/{user}/*"});
  EXPECT_EQ(Find("/files/a"), "/files/* *=a");
  EXPECT_EQ(Find("/files/a/b//c/"), "/files/* *=a/b//c/");
  EXPECT_EQ(Find("/files/"), "/files/* *=");
  EXPECT_EQ(Find("/files"), "-");
  EXPECT_EQ(Find("/u/anna/x/y"), "/u/{user}/* user=anna *=x/y");
}

TEST_F(RouterTest, TheStarAloneTakesEveryPath) {
  AddAll({"/*"});
  EXPECT_EQ(Find("/"), "/* *=");
  EXPECT_EQ(Find("/a/b"), "/* *=a/b");
  EXPECT_EQ(Find("//"), "/* *=/");
  EXPECT_EQ(Find(""), "-");
}

TEST_F(RouterTest, LiteralWinsOverParameterOverStar) {
  AddAll({"/*", "/chat/*", "/chat/{room}", "/chat/all", "/chat/"});
  EXPECT_EQ(Find("/chat/all"), "/chat/all");
  EXPECT_EQ(Find("/chat/lobby"), "/chat/{room} room=lobby");
  EXPECT_EQ(Find("/chat/"), "/chat/");
  EXPECT_EQ(Find("/chat/a/b"), "/chat/* *=a/b");
  EXPECT_EQ(Find("/chat"), "/* *=chat");
  EXPECT_EQ(Find("/other"), "/* *=other");
}

TEST_F(RouterTest, TheOrderOfAddingDoesNotMatter) {
  AddAll({"/chat/", "/chat/all", "/chat/{room}", "/chat/*", "/*"});
  EXPECT_EQ(Find("/chat/all"), "/chat/all");
  EXPECT_EQ(Find("/chat/lobby"), "/chat/{room} room=lobby");
  EXPECT_EQ(Find("/chat/a/b"), "/chat/* *=a/b");
}

TEST_F(RouterTest, TheLeftmostSegmentDecides) {
  AddAll({"/a/{x}", "/{y}/b", "/{z}/*"});
  EXPECT_EQ(Find("/a/b"), "/a/{x} x=b");
  EXPECT_EQ(Find("/c/b"), "/{y}/b y=c");
  EXPECT_EQ(Find("/c/d"), "/{z}/* z=c *=d");
}

TEST_F(RouterTest, GoesBackWhenALiteralLeadsNowhere) {
  AddAll({"/a/b/c", "/a/{x}/d", "/{y}/b/e", "/{y}/{x}/f/{w}", "/a/*"});
  EXPECT_EQ(Find("/a/b/c"), "/a/b/c");
  EXPECT_EQ(Find("/a/b/d"), "/a/{x}/d x=b");
  // The star under the literal /a comes before the parameter next to it.
  EXPECT_EQ(Find("/a/b/e"), "/a/* *=b/e");
  EXPECT_EQ(Find("/q/b/e"), "/{y}/b/e y=q");
  // No parameter of the wrong turns stays.
  EXPECT_EQ(Find("/q/b/f/g"), "/{y}/{x}/f/{w} y=q x=b w=g");
  EXPECT_EQ(Find("/q/b/g"), "-");
}

TEST_F(RouterTest, DecodesSegmentBySegment) {
  AddAll({"/caf\u00e9", "/chat/{room}", "/files/*", "/a b", "/a+b"});
  EXPECT_EQ(Find("/caf%C3%A9"), "/caf\u00e9");
  EXPECT_EQ(Find("/%63%68at/lobby"), "/chat/{room} room=lobby");
  EXPECT_EQ(Find("/chat/a%20b+c"), "/chat/{room} room=a b+c");
  EXPECT_EQ(Find("/a%20b"), "/a b");
  EXPECT_EQ(Find("/a+b"), "/a+b");
  // An escaped slash does not end a segment, and is decoded once.
  EXPECT_EQ(Find("/chat/a%2Fb"), "/chat/{room} room=a/b");
  EXPECT_EQ(Find("/chat%2Fb"), "-");
  EXPECT_EQ(Find("/chat/%252F"), "/chat/{room} room=%2F");
  EXPECT_EQ(Find("/files/a%20b/c%2Fd"), "/files/* *=a b/c/d");
  // What was decoded on the way to a parameter lasts until it is taken.
  EXPECT_EQ(Find("/chat/" + std::string(100, 'x') + "%20"),
            "/chat/{room} room=" + std::string(100, 'x') + " ");
}

TEST_F(RouterTest, AnEscapedStarOrBraceIsText) {
  AddAll({"/{x}"});
  EXPECT_EQ(Find("/%2A"), "/{x} x=*");
  EXPECT_EQ(Find("/*"), "/{x} x=*");
  EXPECT_EQ(Find("/%7Bx%7D"), "/{x} x={x}");
}

TEST_F(RouterTest, APathThatIsNotWellFormedMatchesNothing) {
  AddAll({"/*", "/a/{x}", "/a"});
  for (const char* path :
       {"/%", "/%2", "/%zz", "/a/%", "/a/%00", "/%00", "/a/%ff", "/a/%c3/b", "/a?b", "/a#b", "/a b",
        "/a/\x7f", "/a/\xc3\xa9", "/a\n", "/a|b", "/a\"", "a", "*", "http://h/a"}) {
    EXPECT_EQ(Find(path), "-") << path;
  }
  EXPECT_EQ(Find(std::string_view("/a\0", 3)), "-");
}

TEST_F(RouterTest, APathWithDotSegmentsMatchesNothing) {
  AddAll({"/*", "/a/{x}"});
  for (const char* path : {"/.", "/..", "/a/.", "/a/..", "/../a", "/a/../b", "/a/./b", "/a/%2e%2e",
                           "/a/.%2E/b", "/a/x%2F..%2Fy", "/a/..%2f", "/x/%2f../y"}) {
    EXPECT_EQ(Find(path), "-") << path;
  }
  for (const char* path :
       {"/...", "/.a", "/..a", "/a.", "/b/c..", "/.well-known/x", "/x/.a/..b/..."}) {
    EXPECT_EQ(Find(path), "/* *=" + std::string(path).substr(1)) << path;
  }
}

TEST_F(RouterTest, ALongPathIsNoTrouble) {
  AddAll({"/a/*", "/{p}/{q}/x"});
  const std::string slashes(1'000'000, '/');
  EXPECT_EQ(Find("/a/" + slashes), "/a/* *=" + slashes);
  EXPECT_EQ(Find("/b/c" + slashes), "-");
}

// Every combination of literal and parameter leads to the last segment, and all fail there.
TEST_F(RouterTest, WrongTurnsCostNoMoreThanTheTreeIsLarge) {
  for (int bits = 0; bits < 1 << 10; ++bits) {
    std::string pattern;
    for (int i = 0; i < 10; ++i) {
      pattern += (bits >> i & 1) != 0 ? "/a" : "/{p" + std::to_string(i) + "}";
    }
    ASSERT_TRUE(Add(pattern + "/end").ok());
  }
  std::string path;
  for (int i = 0; i < 10; ++i) {
    path += "/a";
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Find(path + "/no"), "-");
  }
  EXPECT_EQ(Find(path + "/end"), path + "/end");
}

TEST_F(RouterTest, RefusesEqualPatternsAndNamesBoth) {
  AddAll({"/chat/{room}", "/files/*", "/"});
  const absl::Status status = Add("/chat/{name}");
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(status.message(),
            "pattern \"/chat/{name}\" of route \"route4\" matches the same paths as "
            "\"/chat/{room}\" of route \"route1\"");
  EXPECT_THAT(std::string(Add("/files/*").message()),
              HasSubstr("\"/files/*\" of route \"route2\""));
  EXPECT_THAT(std::string(Add("/").message()), HasSubstr("\"/\" of route \"route3\""));
}

TEST_F(RouterTest, PatternsThatOnlyOverlapAreNotEqual) {
  AddAll({"/chat/{room}", "/chat/all", "/chat/*", "/chat", "/chat/", "/chat/{room}/x", "/{a}/{b}"});
}

TEST_F(RouterTest, AnErrorChangesNothing) {
  AddAll({"/chat/{room}"});
  EXPECT_FALSE(Add("/chat/{name}").ok());
  EXPECT_FALSE(Add("/other/{").ok());
  EXPECT_EQ(Find("/chat/x"), "/chat/{room} room=x");
  ASSERT_EQ(router_.entries().size(), 1U);
  AddAll({"/other"});
  EXPECT_EQ(Find("/other"), "/other");
}

TEST_F(RouterTest, AMalformedPatternIsNamed) {
  const absl::Status status = Add("/a\n/b{c}");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              StartsWith(R"(pattern "/a\n/b{c}" of route "route1": )"));
}

TEST_F(RouterTest, EntriesKeepTheirOrder) {
  AddAll({"/b", "/a/{x}"});
  ASSERT_EQ(router_.entries().size(), 2U);
  EXPECT_EQ(router_.entries()[0].pattern, "/b");
  EXPECT_EQ(router_.entries()[0].name, "route1");
  EXPECT_EQ(router_.entries()[1].pattern, "/a/{x}");
  EXPECT_EQ(router_.entries()[1].name, "route2");
}

TEST_F(RouterTest, CanBeMoved) {
  AddAll({"/chat/{room}"});
  Router other = std::move(router_);
  EXPECT_EQ(other.Find("/chat/x").route, routes_[0].get());
  router_ = std::move(other);
  EXPECT_EQ(Find("/chat/x"), "/chat/{room} room=x");
}

}  // namespace
}  // namespace fanfare
