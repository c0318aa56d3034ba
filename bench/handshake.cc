#include "bench/handshake.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fanfare::bench {
namespace {

// The example of RFC 6455.
constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr char kAccept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

// More than any sensible answer; a longer one is an error.
constexpr std::size_t kMaxAnswerBytes = 8192;

}  // namespace

std::string HandshakeRequest(std::string_view path, std::string_view host,
                             std::string_view subprotocol) {
  const std::string protocol =
      subprotocol.empty() ? "" : "\r\nSec-WebSocket-Protocol: " + std::string(subprotocol);
  return absl::StrCat("GET ", absl::string_view(path.data(), path.size()),
                      " HTTP/1.1\r\nHost: ", absl::string_view(host.data(), host.size()),
                      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ",
                      kKey, protocol, "\r\n\r\n");
}

absl::StatusOr<bool> TakeHandshakeAnswer(std::string& received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == received.npos) {
    if (received.size() > kMaxAnswerBytes) {
      return absl::UnavailableError("the answer to the handshake has no end");
    }
    return false;
  }
  const std::string head = received.substr(0, end);
  const std::string status_line = head.substr(0, head.find("\r\n"));
  if (!status_line.starts_with("HTTP/1.1 101")) {
    return absl::UnavailableError(absl::StrCat("handshake refused: ", status_line));
  }
  if (head.find(kAccept) == head.npos) {
    return absl::UnavailableError("handshake refused: 101, but with a wrong Sec-WebSocket-Accept");
  }
  received.erase(0, end + 4);
  return true;
}

}  // namespace fanfare::bench
