#include "core/net/message_reader.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/check.h"
#include "core/net/frame_scanner.h"

namespace fanfare {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

// A buffer that grew for a large message is given back after it.
constexpr std::size_t kMaxIdleBuffer = 64 * 1024;
// More than are in the middle of a message at once, but for large messages.
constexpr std::size_t kMaxIdleReaders = 16;

// The handshake of a reader that is made for a session which has had its own: it puts Beast's
// stream into the state that it would be in, and is answered to nobody. The key is that of the
// example in RFC 6455 section 1.3.
MessageReader::Handshake AnyHandshake() {
  MessageReader::Handshake request(http::verb::get, "/", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  request.set(http::field::sec_websocket_version, "13");
  return request;
}

class NoSink final : public MessageReader::Sink {
 public:
  bool OnWrite(std::string_view) override { return true; }
  void OnCloseFrame() override {}
  bool OnMessage(Message) override { return true; }
};

}  // namespace

class MessageReader::Impl {
 public:
  Impl(net::execution_context& context, std::size_t message_bytes)
      : steps_(context), ws_(steps_.executor()) {
    ws_.read_message_max(message_bytes);
    ws_.auto_fragment(false);
  }

  void StartOver(std::size_t message_bytes) {
    ws_.read_message_max(message_bytes);
    scanner_ = FrameScanner();
  }

  error_code Accept(const Handshake& handshake, std::string_view subprotocol, Sink& sink) {
    Use(sink);
    ws_.set_option(websocket::stream_base::decorator(
        [protocol = std::string(subprotocol)](websocket::response_type& response) {
          response.set(http::field::server, "fanfare");
          if (!protocol.empty()) response.set(http::field::sec_websocket_protocol, protocol);
        }));
    error_code result;
    ws_.async_accept(handshake, [&result](error_code ec) { result = ec; });
    steps_.Run();
    if (result) {
      end_ = result;
    } else {
      Read();
    }
    return result;
  }

  void Feed(std::string_view bytes, Sink& sink) {
    scanner_.Scan(bytes);
    Use(sink);
    ws_.next_layer().Provide(bytes);
    Run();
  }

  void Resume(Sink& sink) {
    if (!std::exchange(paused_, false)) return;
    Use(sink);
    ws_.next_layer().Provide(kept_);
    Read();
    Run();
  }

  bool is_paused() const { return paused_; }
  bool has_ended() const { return end_.has_value(); }
  error_code end() const { return end_.value_or(error_code()); }
  const websocket::close_reason& reason() const { return ws_.reason(); }
  bool is_between_messages() const { return !paused_ && !end_ && scanner_.between_messages(); }
  const FrameScanner& scanner() const { return scanner_; }

 private:
  void Use(Sink& sink) {
    sink_ = &sink;
    ws_.next_layer().set_sink(sink);
  }

  void Run() {
    steps_.Run();
    const std::string_view rest = ws_.next_layer().input();
    if (paused_) {
      // `rest` may be a part of what is kept.
      kept_ = std::string(rest);
    } else {
      FANFARE_CHECK(rest.empty() || end_, "Beast reads all that there is");
      if (!kept_.empty()) kept_ = std::string();
    }
  }

  void Read() {
    ws_.async_read(buffer_, [this](error_code ec, std::size_t) { OnRead(ec); });
  }

  void OnRead(error_code ec) {
    if (ec) {
      end_ = ec;
      return;
    }
    const auto bytes = buffer_.cdata();
    const bool go_on =
        sink_->OnMessage({.type = ws_.got_text() ? MessageType::kText : MessageType::kBinary,
                          .payload = {static_cast<const char*>(bytes.data()), bytes.size()}});
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kMaxIdleBuffer) buffer_.shrink_to_fit();
    if (go_on) {
      Read();
    } else {
      paused_ = true;
    }
  }

  Steps steps_;
  websocket::stream<Gate> ws_;
  beast::flat_buffer buffer_;
  FrameScanner scanner_;
  Sink* sink_ = nullptr;
  bool paused_ = false;
  // While paused: what was fed and not read.
  std::string kept_;
  std::optional<error_code> end_;
};

MessageReader::MessageReader(net::execution_context& context, std::size_t message_bytes)
    : impl_(std::make_unique<Impl>(context, message_bytes)) {}
MessageReader::~MessageReader() = default;

void MessageReader::StartOver(std::size_t message_bytes) {
  impl_->StartOver(message_bytes);
}
error_code MessageReader::Accept(const Handshake& handshake, std::string_view subprotocol,
                                 Sink& sink) {
  return impl_->Accept(handshake, subprotocol, sink);
}
void MessageReader::Feed(std::string_view bytes, Sink& sink) {
  impl_->Feed(bytes, sink);
}
void MessageReader::Resume(Sink& sink) {
  impl_->Resume(sink);
}
bool MessageReader::is_paused() const {
  return impl_->is_paused();
}
bool MessageReader::has_ended() const {
  return impl_->has_ended();
}
error_code MessageReader::end() const {
  return impl_->end();
}
const websocket::close_reason& MessageReader::reason() const {
  return impl_->reason();
}
bool MessageReader::is_between_messages() const {
  return impl_->is_between_messages();
}
std::size_t MessageReader::message_frames() const {
  return impl_->scanner().message_frames();
}
std::uint64_t MessageReader::control_frames() const {
  return impl_->scanner().control_frames();
}

std::unique_ptr<MessageReader> ReaderPool::MakeNew(std::size_t message_bytes) {
  return std::make_unique<MessageReader>(context_, message_bytes);
}

std::unique_ptr<MessageReader> ReaderPool::Take(std::size_t message_bytes) {
  if (idle_.empty()) {
    static const MessageReader::Handshake kHandshake = AnyHandshake();
    NoSink nobody;
    std::unique_ptr<MessageReader> reader = MakeNew(message_bytes);
    FANFARE_CHECK(!reader->Accept(kHandshake, "", nobody), "the handshake is a good one");
    return reader;
  }
  std::unique_ptr<MessageReader> reader = std::move(idle_.back());
  idle_.pop_back();
  reader->StartOver(message_bytes);
  return reader;
}

void ReaderPool::GiveBack(std::unique_ptr<MessageReader> reader) {
  FANFARE_CHECK(reader->is_between_messages(), "what a session has begun to read stays with it");
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(reader));
}

}  // namespace fanfare
