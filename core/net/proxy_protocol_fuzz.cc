// Whatever comes, a header is within what came; and one that is complete is so whatever follows.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/net/proxy_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fanfare::ProxyHeader;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHeader header = fanfare::ParseProxyHeader(bytes);
  if (header.state == ProxyHeader::State::kIncomplete) {
    FANFARE_CHECK(size < fanfare::kMaxProxyHeader, "it is bounded");
  }
  if (header.state != ProxyHeader::State::kComplete) return 0;
  const bool has_come = header.size <= size && header.size <= fanfare::kMaxProxyHeader;
  FANFARE_CHECK(has_come, "it has come");
  const ProxyHeader alone = fanfare::ParseProxyHeader(bytes.substr(0, header.size));
  const bool is_same = alone.state == header.state && alone.size == header.size &&
                       alone.source == header.source && alone.peer == header.peer;
  FANFARE_CHECK(is_same, "what follows is not its");
  const ProxyHeader cut = fanfare::ParseProxyHeader(bytes.substr(0, header.size - 1));
  FANFARE_CHECK(cut.state == ProxyHeader::State::kIncomplete, "it needs all of its bytes");
  return 0;
}
