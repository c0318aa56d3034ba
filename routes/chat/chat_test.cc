#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/route.h"
#include "core/testing/fake_shard.h"

namespace fanfare {
namespace {

using testing::FakeSession;
using Received = FakeSession::Received;

class ChatTest : public ::testing::Test {
 protected:
  ChatTest() : chat_(testing::MakeLinkedRoute("chat", context_)) {}

  // Opens a session in a room; the lobby's path names none.
  std::unique_ptr<Handler> Open(FakeSession& session, const std::string& room = "") {
    if (!room.empty()) session.mutable_request().params = {{"room", room}};
    auto handler = chat_->Open(session);
    return handler.ok() ? *std::move(handler) : nullptr;
  }

  testing::FakeRouteContext context_;
  std::unique_ptr<Route> chat_;
  testing::FakeShard shard_;
};

TEST_F(ChatTest, AMessageGoesToAllUnchangedAndWithItsTypeToItsSenderToo) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  const auto in_a = Open(a);
  const auto in_b = Open(b);
  in_a->OnMessage({.type = MessageType::kText, .payload = "teste"});
  in_b->OnMessage({.type = MessageType::kBinary, .payload = "\x01\x02"});
  const std::vector<Received> both = {{MessageType::kText, "teste"},
                                      {MessageType::kBinary, "\x01\x02"}};
  EXPECT_EQ(a.Messages(), both);
  EXPECT_EQ(b.Messages(), both);
}

TEST_F(ChatTest, RoomsAreApart) {
  FakeSession lobby(shard_);
  FakeSession room(shard_);
  const auto in_lobby = Open(lobby);
  const auto in_room = Open(room, "room");
  in_room->OnMessage({.type = MessageType::kText, .payload = "hello"});
  EXPECT_EQ(room.Texts(), std::vector<std::string>{"hello"});
  EXPECT_EQ(lobby.Texts(), std::vector<std::string>{});
}

TEST_F(ChatTest, TheLobbyIsARoomLikeOthers) {
  FakeSession a(shard_);
  FakeSession b(shard_);
  const auto in_a = Open(a);
  const auto in_b = Open(b, "lobby");
  in_a->OnMessage({.type = MessageType::kText, .payload = "hello"});
  EXPECT_EQ(b.Texts(), std::vector<std::string>{"hello"});
}

TEST_F(ChatTest, ARoomNameThatIsTooLongIsRefused) {
  FakeSession a(shard_);
  EXPECT_NE(Open(a, std::string(128, 'x')), nullptr);
  EXPECT_EQ(Open(a, std::string(129, 'x')), nullptr);
}

}  // namespace
}  // namespace fanfare
