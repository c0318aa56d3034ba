// Whatever a peer sends after its handshake, in whatever pieces, the reader reads it or ends.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/net/message_reader.h"

namespace {

namespace net = fanfare::net;

// Pauses after every third message.
class CountingSink final : public fanfare::MessageReader::Sink {
 public:
  bool OnWrite(std::string_view) override { return true; }
  void OnCloseFrame() override {}
  bool OnMessage(fanfare::Message message) override {
    FANFARE_CHECK(message.payload.size() <= 4096, "larger ones end the session");
    return ++messages_ % 3 != 0;
  }

 private:
  int messages_ = 0;
};

constexpr std::size_t kMaxMessageBytes = 4096;

}  // namespace

// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = 1 + data[0];
  bytes.remove_prefix(1);
  static net::io_context context;
  static fanfare::ReaderPool pool(context);
  CountingSink sink;
  auto reader = pool.Take(kMaxMessageBytes);
  while (!bytes.empty() && !reader->has_ended()) {
    reader->Feed(bytes.substr(0, piece), sink);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (reader->is_paused()) reader->Resume(sink);
    // As a connection does: another one may serve what comes next.
    if (reader->is_between_messages()) {
      pool.GiveBack(std::move(reader));
      reader = pool.Take(kMaxMessageBytes);
    }
  }
  return 0;
}
