#include "bench/endpoint.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(FindWebSocketUrlTest, FindsTheUrlInsideALine) {
  const Endpoint endpoint =
      FindWebSocketUrl("starting\n2026-01-01 info: listening on ws://127.0.0.1:8080 (io_uring)\n")
          .value_or(Endpoint());
  EXPECT_EQ(endpoint.address, "127.0.0.1");
  EXPECT_EQ(endpoint.port, 8080);
}

TEST(FindWebSocketUrlTest, StopsAtASlash) {
  const Endpoint endpoint =
      FindWebSocketUrl("listening on ws://127.0.0.2:65535/\n").value_or(Endpoint());
  EXPECT_EQ(endpoint.address, "127.0.0.2");
  EXPECT_EQ(endpoint.port, 65535);
}

TEST(FindWebSocketUrlTest, WaitsForTheEndOfTheLine) {
  EXPECT_FALSE(FindWebSocketUrl("listening on ws://127.0.0.1:80").has_value());
}

TEST(FindWebSocketUrlTest, PassesOverWhatIsNoEndpoint) {
  EXPECT_FALSE(FindWebSocketUrl("").has_value());
  EXPECT_FALSE(FindWebSocketUrl("ws://\n").has_value());
  EXPECT_FALSE(FindWebSocketUrl("ws://localhost:80\n").has_value());
  EXPECT_FALSE(FindWebSocketUrl("ws://127.0.0.1:99999\n").has_value());
  const Endpoint endpoint =
      FindWebSocketUrl("see ws://example\nlistening on ws://127.0.0.1:7\n").value_or(Endpoint());
  EXPECT_EQ(endpoint.port, 7);
}

}  // namespace
}  // namespace fanfare::bench
