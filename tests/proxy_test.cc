// Whom a connection or a request comes from, when a proxy is between.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/route.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"
#include "tests/tls_client.h"

namespace fanfare::testing {
namespace {

// Of the addresses that there are here, the proxy has this one.
constexpr PeerSocket::Options kProxy{.source = "127.0.0.2"};
constexpr PeerSocket::Options kStranger{.source = "127.0.0.3"};
constexpr std::string_view kGet = "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";

class WhoHandler final : public Handler {
 public:
  void OnMessage(Message) override {}
};

// Says to everybody where they come from.
class Who final : public Route {
 public:
  explicit Who(RouteContext&) {}

  absl::StatusOr<std::unique_ptr<Handler>> Open(Session& session) override {
    const std::string peer = ToString(session.peer());
    session.Send({.type = MessageType::kText, .payload = peer});
    EXPECT_EQ(ToString(session.request().peer), peer);
    return std::make_unique<WhoHandler>();
  }
  std::vector<std::string> http_methods() const override { return {"GET"}; }
  Response Answer(const Request& request) override { return {.body = ToString(request.peer)}; }
};

// Loopback addresses are limited like others.
Server::Parts WhoParts() {
  static const RegisterRoute* list = nullptr;
  static const RegisterRoute kRoute("who", {"/who"}, MakeRoute<Who>, list);
  return {.routes = list, .is_free_address = [](const net::ip::address&) { return false; }};
}

Config Behind(ProxyProtocol protocol, Config config = LocalConfig()) {
  config.proxies = *Proxies::Make({"127.0.0.2", "10.0.0.0/8"}, protocol);
  return config;
}

std::string PortOf(RawClient& client) {
  return ":" + std::to_string(client.socket().local_endpoint().port());
}

std::string Forwarded(std::string_view request, std::string_view by) {
  std::string text(request);
  return text.insert(text.find("\r\n") + 2, "X-Forwarded-For: " + std::string(by) + "\r\n");
}

TEST(ForwardedForTest, AProxyIsBelieved) {
  TestServer server(Behind(ProxyProtocol::kForwardedFor), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  // Each request for itself: the proxy may have them from many.
  for (const char* address : {"203.0.113.5", "203.0.113.6"}) {
    client.Write(Forwarded(kGet, std::string("127.0.0.1, ") + address + ", 10.1.1.1"));
    EXPECT_EQ(client.ReadReply().body, address + PortOf(client));
  }
  // In several headers.
  client.Write(Forwarded(Forwarded(kGet, "203.0.113.7"), "203.0.113.8"));
  EXPECT_EQ(client.ReadReply().body, "203.0.113.7" + PortOf(client));
  client.Write(Forwarded(HandshakeFor("/who"), "2001:db8::1"));
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(client.ReadFrame().payload, "[2001:db8::1]" + PortOf(client));
}

TEST(ForwardedForTest, WhoSaysNothingIsWhoTheyAre) {
  TestServer server(Behind(ProxyProtocol::kForwardedFor), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  client.Write(kGet);
  EXPECT_EQ(client.ReadReply().body, "127.0.0.2" + PortOf(client));
  client.Write(Forwarded(kGet, "203.0.113.5, unknown"));
  EXPECT_EQ(client.ReadReply().body, "127.0.0.2" + PortOf(client));
}

TEST(ForwardedForTest, NobodyElseIsBelieved) {
  TestServer server(Behind(ProxyProtocol::kForwardedFor), WhoParts());
  RawClient client(server.endpoint(), kStranger);
  client.Write(Forwarded(kGet, "203.0.113.5"));
  EXPECT_EQ(client.ReadReply().body, "127.0.0.3" + PortOf(client));
}

TEST(ForwardedForTest, LimitsAreThoseOfTheRealAddress) {
  Limits limits;
  limits.connections_per_address = 2;
  TestServer server(Behind(ProxyProtocol::kForwardedFor, LocalConfig(limits)), WhoParts());
  std::vector<RawClient> clients;
  const auto open = [&](std::string_view address) {
    clients.emplace_back(server.endpoint(), kProxy);
    clients.back().Write(Forwarded(HandshakeFor("/who"), address));
    return clients.back().ReadReply().status;
  };
  EXPECT_EQ(open("203.0.113.5"), 101U);
  EXPECT_EQ(open("203.0.113.5"), 101U);
  EXPECT_EQ(open("203.0.113.5"), 429U);
  EXPECT_EQ(open("203.0.113.6"), 101U);
  EXPECT_EQ(server.Count("address_connections_refused"), 1U);
  clients.erase(clients.begin());
  EXPECT_TRUE(WaitUntil([&] { return open("203.0.113.5") == 101U; }));
}

TEST(ForwardedForTest, HandshakesAreCountedForTheRealAddress) {
  Limits limits;
  limits.handshakes_per_second = 1;
  TestServer server(Behind(ProxyProtocol::kForwardedFor, LocalConfig(limits)), WhoParts());
  unsigned refused = 0;
  for (int i = 0; i < 10; ++i) {
    RawClient client(server.endpoint(), kProxy);
    client.Write(Forwarded(HandshakeFor("/who"), "203.0.113.5"));
    if (client.ReadReply().status == 429) ++refused;
  }
  EXPECT_GT(refused, 0U);
  RawClient other(server.endpoint(), kProxy);
  other.Write(Forwarded(HandshakeFor("/who"), "203.0.113.6"));
  EXPECT_EQ(other.ReadReply().status, 101U);
}

TEST(ProxyHeaderTest, AProxyIsBelieved) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  client.Write("PROXY TCP4 203.0.113.5 192.0.2.1 50000 80\r\n" + std::string(kGet));
  EXPECT_EQ(client.ReadReply().body, "203.0.113.5:50000");
  // Which says nothing here.
  client.Write(Forwarded(HandshakeFor("/who"), "203.0.113.6"));
  EXPECT_EQ(client.ReadReply().status, 101U);
  EXPECT_EQ(client.ReadFrame().payload, "203.0.113.5:50000");
}

TEST(ProxyHeaderTest, ItMayComeInPieces) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  for (const char byte : "PROXY TCP6 2001:db8::1 ::1 1 80\r\n" + std::string(kGet)) {
    client.Write(std::string(1, byte));
  }
  EXPECT_EQ(client.ReadReply().body, "[2001:db8::1]:1");
}

TEST(ProxyHeaderTest, ItComesBeforeTls) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol, SecureConfig()), WhoParts());
  TlsClient client(server.endpoint(), "PROXY TCP4 203.0.113.5 192.0.2.1 50000 443\r\n", kProxy);
  client.Write(kGet);
  EXPECT_NE(client.ReadUntil("203.0.113.5:50000"), "");
  client.Write(HandshakeFor("/who"));
  EXPECT_NE(client.ReadUntil("203.0.113.5:50000"), "");
  EXPECT_EQ(server.Count("tls_handshakes"), 1U);
}

TEST(ProxyHeaderTest, WithoutOneTheConnectionEnds) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol), WhoParts());
  for (const std::string& bytes :
       {std::string(kGet),
        std::string("PROXY TCP4 localhost 192.0.2.1 1 80\r\n") + std::string(kGet),
        std::string(10'000, 'P')}) {
    RawClient client(server.endpoint(), kProxy);
    client.WriteIfOpen(bytes);
    EXPECT_EQ(client.ReadToEnd(), "");
  }
  EXPECT_EQ(server.Count("proxy_headers_wrong"), 3U);
  EXPECT_EQ(server.Count("requests_answered"), 0U);
}

TEST(ProxyHeaderTest, AHeaderThatStopsIsCut) {
  Limits limits;
  limits.handshake_time = std::chrono::seconds(1);
  TestServer server(Behind(ProxyProtocol::kProxyProtocol, LocalConfig(limits)), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  client.Write("PROXY TCP4 203.");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("handshake_timeouts") == 1; }));
}

TEST(ProxyHeaderTest, WhomNobodyKnowsIsNotTheProxy) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol), WhoParts());
  RawClient client(server.endpoint(), kProxy);
  client.Write("PROXY UNKNOWN\r\n" + std::string(kGet));
  EXPECT_EQ(client.ReadReply().body, "0.0.0.0" + PortOf(client));
  // The proxy's own question, whether we are there.
  RawClient proxy(server.endpoint(), kProxy);
  proxy.Write(std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16) + std::string(kGet));
  EXPECT_EQ(proxy.ReadReply().body, "127.0.0.2" + PortOf(proxy));
}

TEST(ProxyHeaderTest, FromOthersItIsNoRequest) {
  TestServer server(Behind(ProxyProtocol::kProxyProtocol), WhoParts());
  RawClient client(server.endpoint(), kStranger);
  client.Write("PROXY TCP4 203.0.113.5 192.0.2.1 50000 80\r\n" + std::string(kGet));
  EXPECT_EQ(client.ReadReply().status, 400U);
  RawClient plain(server.endpoint(), kStranger);
  plain.Write(kGet);
  EXPECT_EQ(plain.ReadReply().body, "127.0.0.3" + PortOf(plain));
}

TEST(ProxyHeaderTest, LimitsAreThoseOfTheRealAddress) {
  Limits limits;
  limits.connections_per_address = 2;
  TestServer server(Behind(ProxyProtocol::kProxyProtocol, LocalConfig(limits)), WhoParts());
  std::vector<RawClient> clients;
  const auto ask = [&](const std::string& address) {
    clients.emplace_back(server.endpoint(), kProxy);
    clients.back().Write("PROXY TCP4 " + address + " 192.0.2.1 50000 80\r\n" + std::string(kGet));
    return clients.back().ReadReply().status;
  };
  EXPECT_EQ(ask("203.0.113.5"), 200U);
  EXPECT_EQ(ask("203.0.113.5"), 200U);
  EXPECT_EQ(ask("203.0.113.5"), 429U);
  EXPECT_EQ(ask("203.0.113.6"), 200U);
  EXPECT_EQ(server.Count("address_connections_refused"), 1U);
}

}  // namespace
}  // namespace fanfare::testing
