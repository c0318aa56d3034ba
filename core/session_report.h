// What operators are told of a session.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/endpoint.h"
#include "core/message.h"

namespace fanfare {

// Messages, and bytes with their frames. Only grows; what is taken away was added before.
struct Tally {
  Tally& operator+=(const Tally& other) {
    messages += other.messages;
    bytes += other.bytes;
    return *this;
  }
  Tally& operator-=(const Tally& other) {
    messages -= other.messages;
    bytes -= other.bytes;
    return *this;
  }

  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
};

// A session, as of now. The texts last for as long as the session and its shard's turn do.
struct SessionReport {
  std::uint64_t id = 0;
  Endpoint peer = {};
  // The route's name, its pattern, and the path that fitted it, which is cut where it is long.
  std::string_view route = {};
  std::string_view pattern = {};
  std::string_view path = {};
  // Who it is, where the route wants to know; else empty.
  std::string_view user = {};
  Format format = Format::kWebSocket;
  std::chrono::system_clock::time_point opened = {};
  // Nothing is sent to it any more but a close frame.
  bool is_closing = false;
  // What came from it, and what the kernel took for it; where it speaks TLS, before that.
  Tally received = {};
  Tally sent = {};
  // How far its cursors are behind the heads of its channels' logs.
  std::uint64_t lag_bytes = 0;
  // What waits for it alone.
  std::uint64_t outbox_bytes = 0;
};

}  // namespace fanfare
