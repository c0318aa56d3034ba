#include "core/net/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanfare {
namespace {

using State = ProxyHeader::State;
using Source = ProxyHeader::Source;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

// A header of version 2.
std::string Binary(int command, int family, std::string_view rest, int size = -1) {
  const auto length = size < 0 ? rest.size() : static_cast<std::size_t>(size);
  std::string bytes(kSignature);
  for (const std::size_t byte :
       {static_cast<std::size_t>(command), static_cast<std::size_t>(family), length >> 8, length}) {
    bytes += static_cast<char>(byte);
  }
  return bytes.append(rest);
}

// 203.0.113.5:50000 to 192.0.2.1:443.
const std::string kTcp4("\xcb\x00\x71\x05\xc0\x00\x02\x01\xc3\x50\x01\xbb", 12);

std::string Tcp6() {
  std::string bytes(36, '\0');
  bytes[0] = '\x20';
  bytes[1] = '\x01';
  bytes[15] = '\x07';
  bytes[33] = '\x50';
  return bytes;
}

// The peer of a header that is complete and all of the text; else what it is.
std::string Read(std::string_view text) {
  const ProxyHeader header = ParseProxyHeader(text);
  if (header.state == State::kIncomplete) return "incomplete";
  if (header.state == State::kWrong) return "wrong";
  if (header.size != text.size()) return "of another size";
  if (header.source == Source::kProxy) return "the proxy";
  return header.source == Source::kUnknown ? "unknown" : ToString(header.peer);
}

TEST(ProxyProtocolTest, ReadsVersion1) {
  EXPECT_EQ(Read("PROXY TCP4 203.0.113.5 192.0.2.1 50000 443\r\n"), "203.0.113.5:50000");
  EXPECT_EQ(Read("PROXY TCP4 255.255.255.255 255.255.255.255 65535 0\r\n"),
            "255.255.255.255:65535");
  EXPECT_EQ(Read("PROXY TCP6 2001:db8::7 ::1 1 443\r\n"), "[2001:db8::7]:1");
  EXPECT_EQ(Read("PROXY UNKNOWN\r\n"), "unknown");
  EXPECT_EQ(Read("PROXY UNKNOWN ffff:f...f:ffff whatever 65535\r\n"), "unknown");
}

TEST(ProxyProtocolTest, ReadsVersion2) {
  EXPECT_EQ(Read(Binary(0x21, 0x11, kTcp4)), "203.0.113.5:50000");
  EXPECT_EQ(Read(Binary(0x21, 0x21, Tcp6())), "[2001::7]:80");
  EXPECT_EQ(Read(Binary(0x21, 0x11, kTcp4 + std::string(500, 'x'))), "203.0.113.5:50000");
  EXPECT_EQ(Read(Binary(0x20, 0x00, "")), "the proxy");
  EXPECT_EQ(Read(Binary(0x20, 0x11, kTcp4)), "the proxy");
  EXPECT_EQ(Read(Binary(0x21, 0x00, "")), "unknown");
}

TEST(ProxyProtocolTest, SaysWhereItEnds) {
  const std::string line = "PROXY TCP4 203.0.113.5 192.0.2.1 50000 443\r\n";
  EXPECT_EQ(ParseProxyHeader(line + "GET / HTTP/1.1\r\n").size, line.size());
  const std::string binary = Binary(0x21, 0x11, kTcp4);
  EXPECT_EQ(ParseProxyHeader(binary + "\x16\x03\x01").size, binary.size());
}

TEST(ProxyProtocolTest, ComesInPieces) {
  for (const std::string& whole :
       {std::string("PROXY TCP6 2001:db8::7 ::1 1 443\r\n"), std::string("PROXY UNKNOWN\r\n"),
        Binary(0x21, 0x11, kTcp4), Binary(0x20, 0x00, std::string(300, 'x'))}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(Read(whole.substr(0, size)), "incomplete") << whole << " " << size;
    }
  }
}

TEST(ProxyProtocolTest, WhatIsNotAsItMustBeIsWrong) {
  const std::vector<std::string> wrong = {
      "GET / HTTP/1.1\r\n",
      "proxy TCP4 203.0.113.5 192.0.2.1 50000 443\r\n",
      "PROXY  TCP4 203.0.113.5 192.0.2.1 50000 443\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 50000 443 \r\n",
      "PROXY TCP4 203.0.113.5  192.0.2.1 50000 443\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 50000\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 50000 443 1\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 050000 443\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 65536 443\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 -1 443\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 +1 443\r\n",
      "PROXY TCP4 203.0.113.256 192.0.2.1 1 443\r\n",
      "PROXY TCP4 203.0.113 192.0.2.1 1 443\r\n",
      "PROXY TCP4 ::1 ::1 1 443\r\n",
      "PROXY TCP6 192.0.2.1 192.0.2.1 1 443\r\n",
      "PROXY TCP6 fe80::1%lo ::1 1 443\r\n",
      "PROXY TCP5 203.0.113.5 192.0.2.1 1 443\r\n",
      "PROXY UDP4 203.0.113.5 192.0.2.1 1 443\r\n",
      "PROXY \r\n",
      "PROXY UNKNOWN" + std::string(200, ' ') + "\r\n",
      "PROXY TCP4 203.0.113.5 192.0.2.1 50000 443\n" + std::string(100, 'x'),
      Binary(0x11, 0x11, kTcp4),
      Binary(0x22, 0x11, kTcp4),
      Binary(0x21, 0x12, kTcp4),
      Binary(0x21, 0x31, std::string(216, 'x')),
      Binary(0x21, 0x11, kTcp4.substr(1)),
      Binary(0x21, 0x21, kTcp4),
      Binary(0x21, 0x11, kTcp4, 0xffff),
      std::string(kSignature.substr(0, 11)) + "x",
  };
  for (const std::string& text : wrong) EXPECT_EQ(Read(text), "wrong") << text;
}

TEST(ProxyProtocolTest, TheLongestOfVersion1) {
  const std::string most = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
  ASSERT_EQ(most.size(), 107U);
  EXPECT_EQ(Read(most), "unknown");
  EXPECT_EQ(Read("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n"), "wrong");
}

}  // namespace
}  // namespace fanfare
