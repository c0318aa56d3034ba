// Reads WebSocket messages: Beast, fed from memory.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/message.h"
#include "core/net/gate.h"
#include "core/net/net.h"

namespace fanfare {

// Takes what came from a socket and gives the messages in it: framing, unmasking, UTF-8, size
// limits, pings and the closing handshake, all of RFC 6455 that is not sending messages.
//
// Between two messages a reader holds nothing of its session's, and can serve another one: a
// session that waits for its next message needs none (see ReaderPool).
//
// Thread: its shard's.
class MessageReader {
 public:
  // What the reader calls while it is fed; none of these may destroy the reader.
  class Sink : public GateSink {
   public:
    // The payload lasts for the call. False: no more for now; see is_paused.
    virtual bool OnMessage(Message message) = 0;

   protected:
    ~Sink() = default;
  };

  using Handshake = beast::http::request<beast::http::string_body>;

  // The context is only looked up for services. Larger messages end the session with 1009.
  MessageReader(net::execution_context& context, std::size_t message_bytes);
  ~MessageReader();
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  // For the next session, with nothing counted. REQUIRES: it is between messages.
  void StartOver(std::size_t message_bytes);

  // Answers an opening handshake, before anything else, with this subprotocol unless it is empty.
  // After an error, which was answered too, the reader is of no more use.
  error_code Accept(const Handshake& handshake, std::string_view subprotocol, Sink& sink);

  // Reads what is in these bytes. REQUIRES: neither paused nor ended.
  void Feed(std::string_view bytes, Sink& sink);
  // Reads on after a pause. REQUIRES: not ended.
  void Resume(Sink& sink);

  // OnMessage said so. What was fed and not read is kept.
  bool is_paused() const;
  // The session is over: a close frame came, or a fault of the peer's. What had to be answered was.
  bool has_ended() const;
  // Why. Beast's websocket::error::closed is the peer's close frame, which had this reason.
  error_code end() const;
  const beast::websocket::close_reason& reason() const;
  // Neither paused nor ended, and nothing is half read.
  bool is_between_messages() const;

  // Of what was fed for its session: in how many frames the message came that is read, or was read
  // last; and how many control frames there were.
  std::size_t message_frames() const;
  std::uint64_t control_frames() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The readers of a shard that no session needs now.
//
// Thread: its shard's.
class ReaderPool {
 public:
  explicit ReaderPool(net::execution_context& context) : context_(context) {}

  // A reader for a new session, which is to accept first. Messages above `message_bytes` end the
  // session with 1009.
  std::unique_ptr<MessageReader> MakeNew(std::size_t message_bytes);
  // A reader for a session that has been accepted.
  std::unique_ptr<MessageReader> Take(std::size_t message_bytes);
  // REQUIRES: it is between messages.
  void GiveBack(std::unique_ptr<MessageReader> reader);

 private:
  net::execution_context& context_;
  std::vector<std::unique_ptr<MessageReader>> idle_;
};

}  // namespace fanfare
