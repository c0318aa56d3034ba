// A session of the protocol on a fake shard, for the tests of its handler.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_shard.h"
#include "routes/chat/json_handler.h"

namespace fanfare::chat {

inline constexpr std::chrono::milliseconds kTestGrace{5000};

// A session and its handler.
class Peer {
 public:
  // With an identity, its token is asked for.
  Peer(testing::FakeShard& shard, Rooms& rooms, Identities& identities,
       const std::optional<fanfare::Identity>& identity = std::nullopt)
      : session_(shard) {
    if (identity) session_.set_identity(*identity);
    handler_ = std::make_unique<JsonHandler>(session_, rooms, identities, kTestGrace);
    welcome_ = Next();
  }

  // Sends a frame; returns what it is answered with, or null.
  nlohmann::json Ask(const nlohmann::json& frame) {
    handler_->OnMessage({.type = MessageType::kText, .payload = frame.dump()});
    return Next();
  }
  nlohmann::json Join(const std::string& room = "room") {
    return Ask({{"type", "join"}, {"room", room}});
  }
  nlohmann::json Resume(const Peer& former) {
    return Ask({{"type", "resume"},
                {"id", "r"},
                {"session", former.welcome_["session"]},
                {"token", former.welcome_["token"]}});
  }
  nlohmann::json Publish(const std::string& id, const std::string& room = "room") {
    return Ask({{"type", "publish"}, {"id", id}, {"room", room}, {"text", "hello"}});
  }

  // The peer's close frame comes.
  void Close(CloseCode code) { session_.ReceiveClose(std::move(handler_), code); }
  // The connection ends without one.
  void Cut() { handler_.reset(); }

  // The next frame that nobody asked for.
  nlohmann::json Told() { return Next(); }

  const nlohmann::json& welcome() const { return welcome_; }
  testing::FakeSession& session() { return session_; }
  JsonHandler& handler() { return *handler_; }

 private:
  // The next frame that is for this session alone.
  nlohmann::json Next() {
    const std::vector<std::string> texts = session_.Texts();
    while (seen_ < texts.size()) {
      nlohmann::json frame = nlohmann::json::parse(texts[seen_++]);
      if (frame["type"] != "message" && frame["type"] != "presence") return frame;
    }
    return nullptr;
  }

  testing::FakeSession session_;
  std::unique_ptr<JsonHandler> handler_;
  std::size_t seen_ = 0;
  nlohmann::json welcome_;
};

class JsonHandlerTest : public ::testing::Test {
 protected:
  JsonHandlerTest() { settings_.grace = kTestGrace; }

  Peer Come() { return {shard_, rooms_, identities_}; }
  std::size_t Members() { return (*rooms_.Enter("room"))->ReadMembers("", kMaxPage).count; }

  testing::FakeRouteContext context_;
  testing::FakeShard shard_;
  RoomSettings settings_;
  Rooms rooms_{context_, settings_, 10};
  Identities identities_{context_, std::chrono::seconds(120)};
};

}  // namespace fanfare::chat
