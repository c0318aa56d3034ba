#include "core/listen_address.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/log_text.h"

namespace fanfare {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kAnyHost = "*";
constexpr std::string_view kLocalHost = "localhost";
constexpr std::string_view kPassed = "systemd";
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

// What an error shows of the text.
constexpr std::size_t kMaxShownBytes = 64;

absl::Status Error(std::string_view text, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(QuoteForLog(text, kMaxShownBytes), ": ", ToAbsl(problem)));
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  // Digits only: SimpleAtoi takes signs and spaces too.
  constexpr std::size_t kMaxDigits = 5;
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &port) || port > 0xFFFF) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

bool IsLocalHost(std::string_view host) {
  return absl::EqualsIgnoreCase(ToAbsl(host), ToAbsl(kLocalHost));
}

bool IsV4(const std::string& host) {
  boost::system::error_code error;
  ip::make_address_v4(host, error);
  return !error;
}

bool IsV6(const std::string& host) {
  boost::system::error_code error;
  const ip::address_v6 address = ip::make_address_v6(host, error);
  // Asio takes any text after the % and makes an unknown interface's name the number 0.
  const bool has_scope = host.find('%') != std::string::npos;
  return !error && (!has_scope || address.scope_id() != 0);
}

// What is wrong with a host; empty when nothing is.
std::string_view HostProblem(const std::string& host, bool in_brackets) {
  if (in_brackets) {
    return IsV6(host) ? "" : "expected an IPv6 address between the brackets, as in [::1]:8080";
  }
  if (host.empty()) return "the host is missing; write localhost:port, or *:port for all addresses";
  if (host == kAnyHost || IsLocalHost(host) || IsV4(host)) return "";
  if (IsV6(host)) return "write an IPv6 address in brackets, as in [::1]:8080";
  return "expected an IP address, localhost or * before the port; host names are not looked up";
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListen(std::string_view text) {
  // Where the C library reads an address, it stops there.
  if (text.find('\0') != std::string_view::npos) return Error(text, "there is a NUL in it");
  std::string_view address_text = text;
  const bool is_tls = text.starts_with(kHttps);
  if (is_tls || text.starts_with(kHttp)) {
    address_text.remove_prefix((is_tls ? kHttps : kHttp).size());
  }
  if (address_text.find("://") != std::string_view::npos) {
    return Error(text,
                 "expected https:// or http:// before the address, or nothing; WebSockets are "
                 "served at both");
  }
  if (address_text == kPassed) return ListenAddress{.passed = "", .is_tls = is_tls};
  if (address_text.starts_with(kPassed) && address_text.substr(kPassed.size()).starts_with(':')) {
    const std::string_view name = address_text.substr(kPassed.size() + 1);
    if (name.empty()) return Error(text, "the name of the passed socket is missing");
    return ListenAddress{.passed = std::string(name), .is_tls = is_tls};
  }
  if (IsV6(std::string(address_text))) {
    return Error(text, "write it in brackets and with a port: [::1]:8080");
  }
  const std::size_t colon = address_text.rfind(':');
  const bool has_port = colon != std::string_view::npos && !address_text.ends_with(']');
  if (!has_port) return Error(text, "expected host:port, as in localhost:8080");

  const std::optional<std::uint16_t> port = ParsePort(address_text.substr(colon + 1));
  if (!port.has_value()) return Error(text, "expected a port from 0 to 65535 after the last colon");

  std::string_view host = address_text.substr(0, colon);
  const bool in_brackets = host.size() >= 2 && host.starts_with('[') && host.ends_with(']');
  if (in_brackets) host = host.substr(1, host.size() - 2);
  ListenAddress address = {.host = std::string(host), .port = *port, .is_tls = is_tls};
  if (const std::string_view problem = HostProblem(address.host, in_brackets); !problem.empty()) {
    return Error(text, problem);
  }
  return address;
}

std::vector<Endpoint> Endpoints(const ListenAddress& address) {
  if (address.passed.has_value()) return {};
  if (IsLocalHost(address.host)) {
    return {{ip::address_v4::loopback(), address.port}, {ip::address_v6::loopback(), address.port}};
  }
  if (address.host == kAnyHost) {
    return {{ip::address_v4::any(), address.port}, {ip::address_v6::any(), address.port}};
  }
  boost::system::error_code error;
  const ip::address ip_address = ip::make_address(address.host, error);
  if (error) return {};
  return {{ip_address, address.port}};
}

bool SpeaksTls(std::string_view text) {
  const absl::StatusOr<ListenAddress> address = ParseListen(text);
  return address.ok() && address->is_tls;
}

bool IsLoopbackOnly(const std::vector<std::string>& listen) {
  const auto is_loopback = [](const std::string& text) {
    const absl::StatusOr<ListenAddress> address = ParseListen(text);
    return address.ok() && !address->passed.has_value() &&
           std::ranges::all_of(Endpoints(*address), [](const Endpoint& endpoint) {
             return endpoint.address().is_loopback();
           });
  };
  return !listen.empty() && std::ranges::all_of(listen, is_loopback);
}

}  // namespace fanfare
