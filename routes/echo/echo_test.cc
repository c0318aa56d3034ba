#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/route.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using testing::FakeSession;
using Received = FakeSession::Received;

TEST(EchoTest, WhatComesInGoesBackWithItsType) {
  testing::FakeRouteContext context;
  const std::unique_ptr<Route> echo = testing::MakeLinkedRoute("echo", context);
  ASSERT_NE(echo, nullptr);
  testing::FakeShard shard;
  FakeSession session(shard);
  const auto handler = echo->Open(session);
  ASSERT_TRUE(handler.ok());
  (*handler)->OnMessage({.type = MessageType::kText, .payload = "teste"});
  (*handler)->OnMessage({.type = MessageType::kBinary, .payload = "\x01"});
  (*handler)->OnMessage({.type = MessageType::kText, .payload = ""});
  EXPECT_EQ(session.Messages(), (std::vector<Received>{{MessageType::kText, "teste"},
                                                       {MessageType::kBinary, "\x01"},
                                                       {MessageType::kText, ""}}));
}

}  // namespace
}  // namespace fanfare
