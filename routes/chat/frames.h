// What clients of the protocol are sent, but for events and presence: see PROTOCOL.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routes/chat/author.h"
#include "routes/chat/protocol.h"
#include "routes/chat/room.h"

namespace fanfare::chat {

// An empty `id` or `room` is left out of all of these.

// `expires_in`: for how long the client's token holds; nothing where none is asked for.
std::string WelcomeFrame(std::string_view session, std::string_view token,
                         std::chrono::milliseconds grace,
                         std::optional<std::chrono::seconds> expires_in = std::nullopt);
std::string RenewedFrame(std::string_view id, std::chrono::seconds expires_in);
std::string TokenExpiringFrame(std::chrono::seconds expires_in);
std::string PongFrame(std::string_view id);
std::string AckFrame(std::string_view id, std::string_view room);
std::string AckFrame(std::string_view id, std::string_view room, const Room::Published& published);
std::string ResumedFrame(std::string_view id, std::string_view session);
std::string JoinedFrame(std::string_view id, const Room& room, const Room::Joined& joined);
std::string EventsFrame(std::string_view id, const Room& room, const Room::EventPage& page);
std::string MembersFrame(std::string_view id, const Room& room, const Room::MemberPage& page);
std::string TypingFrame(const Room& room, const Author& from, bool on);
std::string DirectFrame(const Author& from, std::string_view text);
std::string SkippedFrame(std::string_view room, std::uint64_t count);
std::string ErrorFrame(std::string_view id, std::string_view room, const Error& error);

}  // namespace fanfare::chat
