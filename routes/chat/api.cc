#include "routes/chat/api.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "routes/chat/access.h"
#include "routes/chat/http.h"
#include "routes/chat/json_object.h"
#include "routes/chat/requests.h"
#include "routes/chat/secrets.h"

namespace fanfare::chat {
namespace {

// Of events.
constexpr std::uint64_t kUsualPage = 50;

// The next page begins after this; null on the last one.
std::string NextOf(const std::string& next) {
  return next.empty() ? "null" : JsonString(next);
}

// Nobody's requests are taken for those of others.
std::string KeyOf(const Who& who, const std::string& key) {
  return who == nullptr ? key : UserOf(who) + '\n' + key;
}

// Of a room that nothing is made for.
Response NoSuchRoom() {
  return ErrorAnswer(404, "no_such_room", "there is no such room at present");
}

}  // namespace

Api::Api(Rooms& rooms, ApiAccess access)
    : rooms_(rooms), access_(std::move(access)), session_(MakeSecret()) {}

Response Api::Answer(Part part, const Request& request) {
  if (std::optional<Response> refusal = access_.Refuse(request)) return *std::move(refusal);
  if (part == Part::kRooms) return ListRooms(request);
  const OrError<std::string> room = RoomOf(request);
  if (const auto* error = std::get_if<Error>(&room)) return ErrorAnswer(*error);
  const auto& name = std::get<std::string>(room);
  const bool is_post = part == Part::kMessages && request.method == "POST";
  if (is_post && !MayPublish(request.identity, name)) {
    return ErrorAnswer(Forbidden("publish", name));
  }
  if (!is_post && !MayJoin(request.identity, name)) return ErrorAnswer(Forbidden("be", name));
  if (part == Part::kMembers) return ReadMembers(name, request);
  return is_post ? Post(name, request) : ReadEvents(name, request);
}

Response Api::ListRooms(const Request& request) const {
  const OrError<std::uint64_t> limit = NumberOf(request, "limit", 1, kMaxPage, kMaxPage);
  if (const auto* error = std::get_if<Error>(&limit)) return ErrorAnswer(*error);
  // One more, to know whether there are more.
  const std::size_t size = std::get<std::uint64_t>(limit);
  auto list =
      rooms_.ListAfter(std::string(request.Query("after")), size + 1, ListOf(request.identity));
  const bool is_last = list.size() <= size;
  if (!is_last) list.pop_back();
  std::vector<std::string> rooms;
  for (const auto& [name, summary] : list) {
    rooms.push_back(JsonObject()
                        .Text("room", name)
                        .Number("count", summary.members)
                        .Number("offset", summary.offset)
                        .Take());
  }
  return JsonAnswer(200, JsonObject()
                             .Json("rooms", JsonArray(rooms))
                             .Json("next", NextOf(is_last ? "" : list.back().first))
                             .Take());
}

Response Api::Post(const std::string& room, const Request& request) {
  if (!request.HasJson()) {
    return ErrorAnswer(415, "unsupported_media_type", "the Content-Type must be application/json");
  }
  const std::string key(request.Header("Idempotency-Key"));
  const bool has_key = std::ranges::any_of(request.headers, [](const auto& header) {
    return absl::EqualsIgnoreCase(header.first, "Idempotency-Key");
  });
  if ((has_key && key.empty()) || CountCharacters(key) > kMaxIdCharacters) {
    return ErrorAnswer({.code = ErrorCode::kBadFrame,
                        .message = "\"Idempotency-Key\" must have 1 to 64 characters"});
  }
  const OrError<chat::Post> decoded = DecodePost(request.body);
  if (const auto* error = std::get_if<Error>(&decoded)) return ErrorAnswer(*error);
  const auto& post = std::get<chat::Post>(decoded);
  const std::optional<Rooms::Stay> stay = rooms_.Enter(room);
  if (!stay) return TooManyRooms();

  Room& in = **stay;
  const Author from(session_, NameOf(request.identity, post.name));
  const Room::Published published =
      key.empty() ? in.Say(from, post.content)
                  : in.SayOnce(from, post.content, KeyOf(request.identity, key));
  JsonObject answer;
  answer.Text("room", room)
      .Text("epoch", in.epoch())
      .Number("offset", published.offset)
      .Text("time", published.time);
  if (published.is_duplicate) answer.Flag("duplicate", true);
  return JsonAnswer(published.is_duplicate ? 200 : 201, answer.Take());
}

Response Api::ReadEvents(const std::string& room, const Request& request) {
  const OrError<std::uint64_t> before = NumberOf(request, "before", 1, kMaxOffset, kMaxOffset);
  const OrError<std::uint64_t> limit = NumberOf(request, "limit", 1, kMaxPage, kUsualPage);
  for (const auto* number : {&before, &limit}) {
    if (const auto* error = std::get_if<Error>(number)) return ErrorAnswer(*error);
  }
  const std::optional<Rooms::Stay> stay = rooms_.EnterExisting(room);
  if (!stay) return NoSuchRoom();
  const Room& in = **stay;
  const Room::EventPage page =
      in.ReadEvents(std::get<std::uint64_t>(before), std::get<std::uint64_t>(limit));
  return JsonAnswer(200, JsonObject()
                             .Text("room", room)
                             .Text("epoch", in.epoch())
                             .Number("first", page.first)
                             .Json("events", JsonArray(page.events))
                             .Take());
}

Response Api::ReadMembers(const std::string& room, const Request& request) {
  const OrError<std::uint64_t> limit = NumberOf(request, "limit", 1, kMaxPage, kMaxPage);
  if (const auto* error = std::get_if<Error>(&limit)) return ErrorAnswer(*error);
  const std::optional<Rooms::Stay> stay = rooms_.EnterExisting(room);
  if (!stay) return NoSuchRoom();
  const Room::MemberPage page =
      (*stay)->ReadMembers(std::string(request.Query("after")), std::get<std::uint64_t>(limit));
  return JsonAnswer(200, JsonObject()
                             .Text("room", room)
                             .Number("version", page.version)
                             .Number("count", page.count)
                             .Json("members", JsonArray(page.page.members))
                             .Json("next", NextOf(page.page.next))
                             .Take());
}

}  // namespace fanfare::chat
