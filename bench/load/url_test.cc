#include "bench/load/url.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(UrlTest, HasAnEndpointAndAPath) {
  const auto url = ParseUrl("ws://127.0.0.2:8080/chat?a=b");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->server.address, "127.0.0.2");
  EXPECT_EQ(url->server.port, 8080);
  EXPECT_EQ(url->path, "/chat?a=b");
  EXPECT_FALSE(url->has_room());
  EXPECT_EQ(url->PathOf(3), "/chat?a=b");
}

TEST(UrlTest, PortAndPathHaveDefaults) {
  const auto url = ParseUrl("ws://localhost");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->server.address, "127.0.0.1");
  EXPECT_EQ(url->server.port, 80);
  EXPECT_EQ(url->path, "/");
}

TEST(UrlTest, ARoomIsItsNumber) {
  const auto url = ParseUrl("ws://localhost:1/rooms/{room}/chat");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_TRUE(url->has_room());
  EXPECT_EQ(url->PathOf(17), "/rooms/17/chat");
}

TEST(UrlTest, OthersAreRefused) {
  for (const char* text :
       {"", "127.0.0.1:80", "wss://127.0.0.1/", "ws://", "ws://example.org/", "ws://127.0.0.1:/",
        "ws://127.0.0.1:0/", "ws://127.0.0.1:65536/", "ws://127.0.0.1:80x/"}) {
    EXPECT_FALSE(ParseUrl(text).ok()) << text;
  }
}

}  // namespace
}  // namespace fanfare::bench
