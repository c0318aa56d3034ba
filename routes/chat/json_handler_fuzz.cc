// Whatever frames come, of two sessions: all that is sent back is JSON, and a request with an id is
// answered exactly once.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.h"
#include "core/route.h"
#include "core/testing/fake_shard.h"
#include "core/utf8.h"
#include "routes/chat/json_reader.h"
#include "routes/chat/protocol.h"
#include "routes/chat/requests.h"

namespace fanfare::chat {
namespace {

using nlohmann::json;

constexpr std::size_t kMostFrames = 64;

// A frame of the server; the id alone, if it has numbers that are too large for the parser, which
// clients may put into `data`.
json Parse(const std::string& frame) {
  constexpr int kNumberOverflow = 406;
  try {
    return json::parse(frame);
  } catch (const json::exception& problem) {
    FANFARE_CHECK(problem.id == kNumberOverflow, "a frame is JSON");
    json object = json::object();
    ReadJsonObject(frame, {.nesting = 64}, [&](std::string_view name, const JsonValue& value) {
      if (name == "id") object["id"] = value.text;
    });
    return object;
  }
}

class Client {
 public:
  Client(fanfare::Route& chat, fanfare::testing::FakeShard& shard, std::string_view subprotocol)
      : session_(shard) {
    session_.mutable_request().subprotocol = subprotocol;
    auto handler = chat.Open(session_);
    FANFARE_CHECK(handler.ok(), "a session is opened");
    handler_ = *std::move(handler);
    for (const json& frame : Take()) welcome_ = frame;
  }

  const json& welcome() const { return welcome_; }

  void Say(std::string_view frame) {
    handler_->OnMessage({.type = fanfare::MessageType::kText, .payload = frame});
  }

  // The frames since the last call.
  std::vector<json> Take() {
    const std::vector<std::string> texts = session_.Texts();
    std::vector<json> frames;
    for (; taken_ < texts.size(); ++taken_) {
      FANFARE_CHECK(fanfare::IsUtf8(texts[taken_]), "a frame is UTF-8");
      if (is_plain()) continue;
      frames.push_back(Parse(texts[taken_]));
    }
    return frames;
  }

  bool is_plain() const { return session_.request().subprotocol.empty(); }
  bool is_closed() const { return session_.closed().has_value(); }

 private:
  fanfare::testing::FakeSession session_;
  std::unique_ptr<fanfare::Handler> handler_;
  json welcome_;
  std::size_t taken_ = 0;
};

// The id of a request, or of what is none; empty if it has none that can be read.
std::string IdOf(std::string_view frame) {
  auto decoded = DecodeRequest(frame);
  if (auto* bad = std::get_if<BadRequest>(&decoded)) return std::move(bad->id);
  return std::move(std::get<ChatRequest>(decoded).id);
}

void Replace(std::string& text, std::string_view what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at != text.npos) text.replace(at, what.size(), with);
}

class Conversation {
 public:
  void Say(std::size_t speaker, std::string frame) {
    const std::unique_ptr<Client>& other = clients_[1 - speaker];
    // What nobody guesses: the other's identity.
    Replace(frame, "%session", other->welcome().value("session", ""));
    Replace(frame, "%token", other->welcome().value("token", ""));
    if (!fanfare::IsUtf8(frame)) return;
    clients_[speaker]->Say(frame);
    const std::string id = IdOf(frame);
    std::size_t answers = 0;
    for (const json& answer : clients_[speaker]->Take()) {
      if (!answer.contains("id")) continue;
      FANFARE_CHECK(answer["id"] == id, "an answer is to a request");
      ++answers;
    }
    FANFARE_CHECK(answers == (id.empty() ? 0U : 1U), "a request is answered once");
    for (const json& event : other->Take()) {
      FANFARE_CHECK(!event.contains("id"), "others see no answers");
    }
    plain_.Say(frame);
    plain_.Take();
    Wait(std::chrono::milliseconds(100));
    for (std::unique_ptr<Client>& client : clients_) {
      if (client->is_closed()) client = std::make_unique<Client>(*chat_, shard_, kSubprotocol);
    }
  }

  // Time passes; then there is presence.
  void Wait(std::chrono::milliseconds time) {
    context_.Advance(time);
    for (std::unique_ptr<Client>& client : clients_) {
      for (const json& event : client->Take()) {
        FANFARE_CHECK(!event.contains("id"), "only answers have an id");
      }
    }
  }

 private:
  fanfare::testing::FakeShard shard_;
  fanfare::testing::FakeRouteContext context_{
      {{"presence", {{"interval_ms", 100}, {"grace_ms", 200}}}}};
  std::unique_ptr<fanfare::Route> chat_ = fanfare::testing::MakeLinkedRoute("chat", context_);
  Client plain_{*chat_, shard_, ""};
  std::unique_ptr<Client> clients_[2] = {std::make_unique<Client>(*chat_, shard_, kSubprotocol),
                                         std::make_unique<Client>(*chat_, shard_, kSubprotocol)};
};

}  // namespace

// Each line is a frame; the second session sends those that begin with a `>`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Conversation conversation;
  for (std::size_t i = 0; i < kMostFrames && !text.empty(); ++i) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const bool is_second = line.starts_with('>');
    if (is_second) line.remove_prefix(1);
    conversation.Say(is_second ? 1 : 0, std::string(line));
  }
  conversation.Wait(std::chrono::seconds(1));
  return 0;
}

}  // namespace fanfare::chat
