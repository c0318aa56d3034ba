#include "routes/chat/reader.h"

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/route.h"
#include "routes/chat/access.h"
#include "routes/chat/http.h"
#include "routes/chat/json_object.h"

namespace fanfare::chat {
namespace {

using Place = Join::Recover;

// How soon a client comes back that lost its connection.
constexpr std::string_view kRetry = "retry: 2000\n\n";

// Where a reader was: the id of the last event that it had, which is EPOCH:OFFSET. Nothing for a
// new reader; an id that is none of ours is a place that never was.
std::optional<Place> PlaceOf(const Request& request) {
  std::string_view id = request.Header("Last-Event-ID");
  // A client that can not send the header; one that can does so when it comes back, with its old
  // query.
  if (id.empty()) id = request.Query("last_event_id");
  if (id.empty()) return std::nullopt;
  const std::size_t colon = id.rfind(':');
  if (colon == std::string_view::npos) return Place();
  Place place{.epoch = std::string(id.substr(0, colon))};
  const char* const end = id.data() + id.size();
  const auto [rest, error] = std::from_chars(id.data() + colon + 1, end, place.offset);
  const bool is_offset = error == std::errc() && rest == end && place.offset <= kMaxOffset;
  return is_offset ? place : Place();
}

class Reader final : public Handler {
 public:
  Reader(Rooms::Stay room, Session& session, const std::optional<Place>& last, std::size_t history)
      : room_(std::move(room)),
        session_(session),
        subscription_(room_->Watch(session, last, history)) {}
  ~Reader() override {
    subscription_ = Subscription();
    room_->Unwatch();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void OnMessage(Message) override {}
  void OnMissed(std::string_view, std::uint64_t messages) override {
    const std::string frame = JsonObject()
                                  .Text("type", "skipped")
                                  .Text("room", room_->name())
                                  .Number("count", messages)
                                  .Take();
    session_.Send({.type = MessageType::kText, .payload = "data: " + frame + "\n\n"});
  }

 private:
  Rooms::Stay room_;
  Session& session_;
  Subscription subscription_;
};

}  // namespace

Response AnswerReader(Rooms& rooms, const Request& request) {
  const OrError<std::string> room = RoomOf(request);
  if (const auto* error = std::get_if<Error>(&room)) return ErrorAnswer(*error);
  const auto& name = std::get<std::string>(room);
  if (!MayJoin(request.identity, name)) return ErrorAnswer(Forbidden("be", name));
  const OrError<std::uint64_t> history = NumberOf(request, "history", 0, kMaxPage, 0);
  if (const auto* error = std::get_if<Error>(&history)) return ErrorAnswer(*error);
  std::optional<Rooms::Stay> entered = rooms.Enter(name);
  if (!entered) return TooManyRooms();

  // Shared, because a function must be copyable.
  const auto stay = std::make_shared<Rooms::Stay>(*std::move(entered));
  return {.content_type = "text/event-stream",
          .body = std::string(kRetry),
          // The second is for nginx.
          .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
          .open_stream = [stay, last = PlaceOf(request), newest = std::get<std::uint64_t>(history)](
                             Session& session) -> absl::StatusOr<std::unique_ptr<Handler>> {
            return std::make_unique<Reader>(std::move(*stay), session, last, newest);
          }};
}

}  // namespace fanfare::chat
