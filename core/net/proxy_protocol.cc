#include "core/net/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "core/compat.h"

namespace fanfare {
namespace {

namespace ip = boost::asio::ip;
using State = ProxyHeader::State;
using Source = ProxyHeader::Source;

constexpr std::string_view kVersion1("PROXY ");
// With the line break at its end.
constexpr std::size_t kMaxVersion1 = 107;

constexpr std::string_view kVersion2("\r\n\r\n\0\r\nQUIT\n", 12);
// That, version and command, family and protocol, and the length of what follows.
constexpr std::size_t kFixedVersion2 = 16;
constexpr std::uint8_t kLocal = 0x20;
constexpr std::uint8_t kProxy = 0x21;
constexpr std::uint8_t kUnspecified = 0x00;
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

ProxyHeader Wrong() {
  return {.state = State::kWrong};
}

bool BeginsLike(std::string_view bytes, std::string_view start) {
  const std::size_t size = std::min(bytes.size(), start.size());
  return bytes.substr(0, size) == start.substr(0, size);
}

std::uint16_t BigEndian(std::string_view bytes) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes[0]) << 8 |
                                    static_cast<std::uint8_t>(bytes[1]));
}

std::string_view TakeWord(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

// Decimal, without leading zeros.
std::optional<std::uint16_t> ParsePort(std::string_view text) {
  constexpr std::uint32_t kMaxPort = 65'535;
  std::uint32_t port = 0;
  // Digits alone: SimpleAtoi would take spaces and a sign, too.
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (!absl::SimpleAtoi(ToAbsl(text), &port) || port > kMaxPort) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

template <typename Address>
std::optional<Address> ParseAddress(std::string_view text) {
  constexpr std::string_view kAllowed = "0123456789abcdefABCDEF.:";
  if (text.find_first_not_of(kAllowed) != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  Address address;
  if constexpr (std::is_same_v<Address, ip::address_v4>) {
    address = ip::make_address_v4(std::string(text), error);
  } else {
    address = ip::make_address_v6(std::string(text), error);
  }
  if (error) return std::nullopt;
  return address;
}

// "SOURCE DESTINATION SOURCE_PORT DESTINATION_PORT".
template <typename Address>
ProxyHeader ParseAddresses(std::string_view line, std::size_t size) {
  // A space at the end would be a fifth word.
  if (std::ranges::count(line, ' ') != 3) return Wrong();
  const auto source = ParseAddress<Address>(TakeWord(line));
  const auto destination = ParseAddress<Address>(TakeWord(line));
  const auto source_port = ParsePort(TakeWord(line));
  const auto destination_port = ParsePort(TakeWord(line));
  if (!source || !destination || !source_port || !destination_port) return Wrong();
  return {.state = State::kComplete,
          .size = size,
          .source = Source::kPeer,
          .peer = Endpoint(*source, *source_port)};
}

ProxyHeader ParseVersion1(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, kMaxVersion1).find("\r\n");
  if (end == std::string_view::npos) {
    return bytes.size() < kMaxVersion1 ? ProxyHeader() : Wrong();
  }
  const std::size_t size = end + 2;
  std::string_view line = bytes.substr(kVersion1.size(), end - kVersion1.size());
  const std::string_view family = TakeWord(line);
  if (family == "TCP4") return ParseAddresses<ip::address_v4>(line, size);
  if (family == "TCP6") return ParseAddresses<ip::address_v6>(line, size);
  // Whatever follows is to be ignored.
  if (family != "UNKNOWN") return Wrong();
  return {.state = State::kComplete, .size = size, .source = Source::kUnknown};
}

template <typename Address>
ProxyHeader ParseBinary(std::string_view addresses, std::size_t size) {
  typename Address::bytes_type source;
  // Both addresses, and then both ports.
  if (addresses.size() < 2 * source.size() + 4) return Wrong();
  std::copy_n(addresses.begin(), source.size(), source.begin());
  return {.state = State::kComplete,
          .size = size,
          .source = Source::kPeer,
          .peer = Endpoint(Address(source), BigEndian(addresses.substr(2 * source.size())))};
}

ProxyHeader ParseVersion2(std::string_view bytes) {
  if (bytes.size() < kFixedVersion2) return {};
  const auto command = static_cast<std::uint8_t>(bytes[12]);
  const auto family = static_cast<std::uint8_t>(bytes[13]);
  const std::size_t size = kFixedVersion2 + BigEndian(bytes.substr(14));
  if ((command != kLocal && command != kProxy) || size > kMaxProxyHeader) return Wrong();
  if (bytes.size() < size) return {};
  // Its family and addresses are to be ignored.
  if (command == kLocal) {
    return {.state = State::kComplete, .size = size, .source = Source::kProxy};
  }
  const std::string_view addresses = bytes.substr(kFixedVersion2, size - kFixedVersion2);
  if (family == kTcp4) return ParseBinary<ip::address_v4>(addresses, size);
  if (family == kTcp6) return ParseBinary<ip::address_v6>(addresses, size);
  if (family != kUnspecified) return Wrong();
  return {.state = State::kComplete, .size = size, .source = Source::kUnknown};
}

}  // namespace

ProxyHeader ParseProxyHeader(std::string_view bytes) {
  if (BeginsLike(bytes, kVersion2)) {
    return bytes.size() < kVersion2.size() ? ProxyHeader() : ParseVersion2(bytes);
  }
  if (BeginsLike(bytes, kVersion1)) {
    return bytes.size() < kVersion1.size() ? ProxyHeader() : ParseVersion1(bytes);
  }
  return Wrong();
}

}  // namespace fanfare
