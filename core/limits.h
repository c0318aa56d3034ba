// Every bound of the server that a peer could otherwise push.
#pragma once

#include <chrono>
#include <cstddef>

namespace fanfare {

// The settings `limits.*` of the configuration, with their defaults. What happens at each limit is
// counted; see stats.h.
struct Limits {
  // limits.message_bytes: the largest message that a peer may send; above it the session is closed
  // with 1009. A megabyte is generous for chat and enough for most data feeds.
  std::size_t message_bytes = 1024 * 1024;

  // limits.message_frames: in how many frames a message may come, of which each may be empty; above
  // it the session is closed with 1008. Libraries cut messages into pieces of some kilobytes.
  std::size_t message_frames = 16 * 1024;

  // limits.message_seconds: how long a message may take to come, while it is read; above it the
  // session is closed with 1008. At 64 kilobits in a second, half a megabyte comes in that time.
  std::chrono::seconds message_time{60};

  // limits.control_frames_per_second: pings and pongs of one session, new keys of TLS and wishes
  // for another handshake, in about a second; above it the session is closed with 1008; 0 means no
  // limit. No client needs more than one of them.
  std::size_t control_frames_per_second = 100;

  // limits.outbox_bytes: what may wait for one session alone (Session::Send, pongs). Above it the
  // session is closed with 1008; from half of it on, nothing more is read from the session.
  std::size_t outbox_bytes = 4 * 1024 * 1024;

  // limits.log_bytes: what a channel keeps for its slowest reader, counted in bytes of frames; its
  // memory is at most about twice that. A reader that is further behind is closed with 1013, or
  // skips (see SlowReaders); so are all, if a route publishes more than this in one turn of the
  // loop.
  std::size_t log_bytes = 4 * 1024 * 1024;

  // limits.handshake_seconds: for an HTTP request, and so for the opening handshake, from accept or
  // from the answer before; and for the closing handshake. A peer that takes longer is
  // disconnected.
  std::chrono::seconds handshake_time{10};

  // limits.idle_seconds: a session that sends nothing for this long is disconnected. It is sent a
  // ping at half of it, which any living client answers. While its outbox is more than half full a
  // session is not read from, and must read for itself within this time.
  std::chrono::seconds idle_time{60};

  // limits.header_bytes: the request line and headers; and what stands between the parts of a body
  // that comes in chunks, and behind it. Larger ones are answered with 431.
  std::size_t header_bytes = 8 * 1024;

  // limits.body_bytes: the body of a plain HTTP request. Larger ones are answered with 413.
  std::size_t body_bytes = 64 * 1024;

  // limits.connections: open connections in all; 0 means as many as the process may have
  // descriptors for (ulimit -n), and never more. Above it a new one is answered with 503.
  std::size_t connections = 0;

  // limits.connections_per_address: open connections of one address, which is the first 64 bits of
  // an IPv6 address; 0 means no limit. Above it a new one is answered with 429. Loopback addresses
  // are not limited, nor are those of proxies, but for whom these say that they have a session
  // from. This is more than there are clients behind most addresses; of a proxy that is neither,
  // all clients have one address.
  std::size_t connections_per_address = 10'000;

  // limits.requests_per_second: HTTP requests of one such address, opening handshakes among them,
  // of which twice as many may come at once; 0 means no limit. Above it they are answered with 429,
  // before anybody looks at what they ask for.
  std::size_t requests_per_second = 0;

  // limits.handshakes_per_second: how often one such address may ask for a WebSocket, also where it
  // is refused, or open an event stream; and as often may it begin to speak TLS. Of each, twice as
  // many may come at once; 0 means no limit. Above it a session is answered with 429; TLS, which an
  // answer would take a handshake of, is not begun. Of 65,536 addresses at a time; while as many
  // ask, others are not limited.
  std::size_t handshakes_per_second = 0;

  // limits.messages_per_second: data messages of one session, of which as many as may come in a
  // second may come at once; 0 means no limit. After one that is above it, the session is not read
  // from until it is within it again, so that its peer has to wait.
  std::size_t messages_per_second = 0;

  // limits.bytes_per_second: likewise for bytes as they are on the wire, with their frames and with
  // what TLS adds, and so for pings, too. A message of limits.message_bytes must be able to come
  // within limits.rate_seconds.
  std::size_t bytes_per_second = 0;

  // limits.rate_seconds: how long a session may have had to wait for these two, less the time that
  // it had not to; above it, it is closed with 1008. After half of it, its route is told
  // (Handler::OnSendsTooFast), and the chat tells the client with an error.
  std::chrono::seconds rate_time{10};

  // limits.shutdown_seconds: how long a stop may take. What is not sent by then is dropped. In its
  // first half, the sessions are closed batch after batch.
  std::chrono::seconds shutdown_time{5};
};

}  // namespace fanfare
