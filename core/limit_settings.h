// The settings `limits.*` of the configuration: names, ranges and meanings.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/limits.h"
#include "core/options.h"

namespace fanfare {

struct LimitSetting {
  std::string_view name;
  std::variant<std::size_t Limits::*, std::chrono::seconds Limits::*> member;
  Options::Range range;
  // For --print_config; limits.h says more.
  std::string_view meaning;
};

inline constexpr std::int64_t kKibibyte = 1024;
inline constexpr std::int64_t kMebibyte = 1024 * kKibibyte;
inline constexpr std::int64_t kGibibyte = 1024 * kMebibyte;
inline constexpr std::int64_t kHourSeconds = 3600;
inline constexpr std::int64_t kDaySeconds = 24 * kHourSeconds;

inline constexpr std::array kLimitSettings = {
    LimitSetting{.name = "message_bytes",
                 .member = &Limits::message_bytes,
                 .range = {1, kGibibyte},
                 .meaning = "the largest message that a peer may send; above it: close 1009"},
    LimitSetting{.name = "message_frames",
                 .member = &Limits::message_frames,
                 .range = {1, kGibibyte},
                 .meaning = "in how many frames a message may come; above it: close 1008"},
    LimitSetting{.name = "message_seconds",
                 .member = &Limits::message_time,
                 .range = {1, kHourSeconds},
                 .meaning = "how long a message may take to come; above it: close 1008"},
    LimitSetting{.name = "control_frames_per_second",
                 .member = &Limits::control_frames_per_second,
                 .range = {0, 1'000'000},
                 .meaning = "pings, pongs and new keys of TLS of one session; above it: close "
                            "1008; 0: no limit"},
    LimitSetting{.name = "outbox_bytes",
                 .member = &Limits::outbox_bytes,
                 .range = {1, 16 * kGibibyte},
                 .meaning = "what may wait for one session alone; above it: close 1008"},
    LimitSetting{.name = "log_bytes",
                 .member = &Limits::log_bytes,
                 .range = {1, 16 * kGibibyte},
                 .meaning = "what a channel keeps for its slowest reader; one further behind: "
                            "see slow_readers"},
    LimitSetting{.name = "handshake_seconds",
                 .member = &Limits::handshake_time,
                 .range = {1, kHourSeconds},
                 .meaning = "for an HTTP request or a handshake; who takes longer is cut off"},
    LimitSetting{.name = "idle_seconds",
                 .member = &Limits::idle_time,
                 .range = {1, kDaySeconds},
                 .meaning =
                     "a session that sends nothing for so long is cut off; at half of it, it "
                     "is sent a ping"},
    LimitSetting{.name = "header_bytes",
                 .member = &Limits::header_bytes,
                 .range = {256, kMebibyte},
                 .meaning = "the request line and headers; above it: 431"},
    LimitSetting{.name = "body_bytes",
                 .member = &Limits::body_bytes,
                 .range = {0, kGibibyte},
                 .meaning = "the body of a plain HTTP request; above it: 413"},
    LimitSetting{.name = "connections",
                 .member = &Limits::connections,
                 .range = {0, 10'000'000},
                 .meaning = "open connections in all; above it: 503; 0: as many as the process may "
                            "have descriptors for"},
    LimitSetting{.name = "connections_per_address",
                 .member = &Limits::connections_per_address,
                 .range = {0, 10'000'000},
                 .meaning = "open connections of one address (IPv6: of 64 bits), but for loopback; "
                            "above it: 429; 0: no limit"},
    LimitSetting{.name = "requests_per_second",
                 .member = &Limits::requests_per_second,
                 .range = {0, 1'000'000},
                 .meaning = "HTTP requests of one address, opening handshakes among them, twice as "
                            "many at once; above it: 429; 0: no limit"},
    LimitSetting{.name = "handshakes_per_second",
                 .member = &Limits::handshakes_per_second,
                 .range = {0, 1'000'000},
                 .meaning = "how often one address may ask for a session, and how often it may "
                            "begin TLS, twice as often at once; above it: 429, or no TLS; 0: no "
                            "limit"},
    LimitSetting{.name = "messages_per_second",
                 .member = &Limits::messages_per_second,
                 .range = {0, 1'000'000},
                 .meaning = "of one session, which is not read from above it; 0: no limit"},
    LimitSetting{.name = "bytes_per_second",
                 .member = &Limits::bytes_per_second,
                 .range = {0, kGibibyte},
                 .meaning = "likewise, with their frames; 0: no limit"},
    LimitSetting{.name = "rate_seconds",
                 .member = &Limits::rate_time,
                 .range = {1, kHourSeconds},
                 .meaning = "how long a session may have had to wait for these two, less the time "
                            "that it had not to; half of it: an error; above it: close 1008"},
    LimitSetting{.name = "shutdown_seconds",
                 .member = &Limits::shutdown_time,
                 .range = {0, kHourSeconds},
                 .meaning = "how long a stop may take; what is not sent by then is dropped"},
};

}  // namespace fanfare
