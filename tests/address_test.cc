// Addresses that use more of the server than one may.
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"
#include "tests/tls_client.h"

namespace fanfare::testing {
namespace {

constexpr PeerSocket::Options kOneAddress{.source = "127.0.0.2"};
constexpr PeerSocket::Options kOtherAddress{.source = "127.0.0.3"};

// Here, loopback addresses are limited like others.
Server::Parts NobodyIsFree() {
  return {.is_free_address = [](const net::ip::address&) { return false; }};
}

Limits ConnectionsPerAddress(std::size_t connections) {
  Limits limits;
  limits.connections_per_address = connections;
  return limits;
}

Limits HandshakesPerSecond(std::size_t handshakes) {
  Limits limits;
  limits.handshakes_per_second = handshakes;
  return limits;
}

HttpReply ReplyTo(const TestServer& server, PeerSocket::Options options,
                  std::string_view path = "/echo") {
  RawClient client(server.endpoint(), options);
  client.WriteIfOpen(HandshakeFor(path));
  return client.ReadReply();
}

TEST(AddressTest, ConnectionsOverTheLimitAreRefusedUntilOneLeaves) {
  TestServer server(LocalConfig(ConnectionsPerAddress(2)), NobodyIsFree());
  Client stays(server.endpoint(), "/echo", kOneAddress);
  // One that has not even asked for anything counts, too.
  RawClient leaves(server.endpoint(), kOneAddress);
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 2; }));
  for (int i = 0; i < 3; ++i) {
    const HttpReply reply = ReplyTo(server, kOneAddress);
    EXPECT_EQ(reply.status, 429U);
    EXPECT_NE(reply.Header("Retry-After"), "");
    EXPECT_NE(reply.body.find("this address"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(server.Count("address_connections_refused"), 3U);
  EXPECT_EQ(server.Count("connections_accepted"), 2U);
  Client other(server.endpoint(), "/echo", kOtherAddress);
  leaves.socket().Close();
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 2; }));
  Client comes(server.endpoint(), "/echo", kOneAddress);
  comes.SendText("at last");
  EXPECT_EQ(comes.ReceiveText(), "at last");
  EXPECT_EQ(server.Count("connections_refused"), 0U);
}

// On whichever shard they were.
TEST(AddressTest, WhoeverLeavesMakesRoom) {
  TestServer server(LocalConfig(ConnectionsPerAddress(4)), NobodyIsFree());
  for (int round = 0; round < 20; ++round) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 4; ++i) {
      clients.push_back(std::make_unique<Client>(server.endpoint(), "/echo", kOneAddress));
    }
    for (const auto& client : clients) client->Reset();
    ASSERT_TRUE(server.WaitForSessions(0));
  }
  EXPECT_EQ(server.Count("address_connections_refused"), 0U);
}

TEST(AddressTest, LoopbackIsNotLimited) {
  Limits limits = ConnectionsPerAddress(1);
  limits.handshakes_per_second = 1;
  TestServer server(LocalConfig(limits));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<Client>(server.endpoint(), "/echo"));
  }
  EXPECT_EQ(server.sessions(), 10U);
}

TEST(AddressTest, AStopIsNoTroubleToWhoIsCounted) {
  TestServer server(LocalConfig(ConnectionsPerAddress(1)), NobodyIsFree());
  RawClient client = RawClient::Open(server.endpoint(), "/echo", kOneAddress);
  RawClient silent(server.endpoint(), kOtherAddress);
  EXPECT_TRUE(WaitUntil([&] { return server->open_connections() == 2; }));
  server.Destroy();
}

TEST(AddressTest, HandshakesOverTheRateAreRefused) {
  TestServer server(LocalConfig(HandshakesPerSecond(1)), NobodyIsFree());
  // As many as may come at once, and more than can be earned meanwhile, unless that takes long.
  unsigned refused = 0;
  for (int i = 0; i < 1000 && refused == 0; ++i) {
    const HttpReply reply = ReplyTo(server, kOneAddress);
    if (reply.status == 101) continue;
    ++refused;
    EXPECT_GE(i, 2);
    EXPECT_EQ(reply.status, 429U);
    EXPECT_EQ(reply.Header("Retry-After"), "1");
  }
  EXPECT_EQ(refused, 1U);
  EXPECT_EQ(server.Count("address_handshakes_refused"), 1U);
  EXPECT_EQ(server.Count("requests_refused"), 1U);
  EXPECT_EQ(ReplyTo(server, kOtherAddress).status, 101U);
}

TEST(AddressTest, WhoWasRefusedMayAskAgainOnTheSameConnection) {
  TestServer server(LocalConfig(HandshakesPerSecond(1)), NobodyIsFree());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ReplyTo(server, kOneAddress).status, 101U);
  RawClient client(server.endpoint(), kOneAddress);
  unsigned status = 0;
  EXPECT_TRUE(WaitUntil([&] {
    client.Write(HandshakeFor("/echo"));
    status = client.ReadReply().status;
    return status != 429;
  }));
  EXPECT_EQ(status, 101U);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
}

// Whoever tries tokens is one of them.
TEST(AddressTest, HandshakesThatAreRefusedCountAsWell) {
  TestServer server(LocalConfig(HandshakesPerSecond(1)), NobodyIsFree());
  RawClient client(server.endpoint(), kOneAddress);
  unsigned status = 0;
  for (int i = 0; i < 1000 && status != 429; ++i) {
    client.Write(HandshakeFor("/nowhere"));
    status = client.ReadReply().status;
    EXPECT_EQ(status, i < 2 ? 404U : status);
  }
  EXPECT_EQ(status, 429U);
  EXPECT_EQ(server.Count("address_handshakes_refused"), 1U);
  EXPECT_EQ(server.Count("handshakes_too_many"), 1U);
}

TEST(AddressTest, RequestsOverTheRateAreRefused) {
  Limits limits;
  limits.requests_per_second = 1;
  TestServer server(LocalConfig(limits), NobodyIsFree());
  RawClient client(server.endpoint(), kOneAddress);
  unsigned status = 0;
  for (int i = 0; i < 1000 && status != 429; ++i) {
    // Also where it says that it wants a WebSocket.
    client.Write(i % 2 == 0 ? "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            : HandshakeFor("/nowhere"));
    const HttpReply reply = client.ReadReply();
    status = reply.status;
    EXPECT_EQ(reply.Header("Retry-After"), status == 429 ? "1" : "");
    EXPECT_EQ(status, i < 2 ? 404U : status);
  }
  EXPECT_EQ(status, 429U);
  EXPECT_EQ(server.Count("address_requests_refused"), 1U);
  // Others are others.
  EXPECT_EQ(ReplyTo(server, kOtherAddress, "/echo").status, 101U);
}

TEST(AddressTest, OtherRequestsAreNotLimited) {
  TestServer server(LocalConfig(HandshakesPerSecond(1)), NobodyIsFree());
  RawClient client(server.endpoint(), kOneAddress);
  for (int i = 0; i < 10; ++i) {
    client.Write("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.ReadReply().status, 404U);
  }
  EXPECT_EQ(ReplyTo(server, kOneAddress).status, 101U);
  EXPECT_EQ(server.Count("address_handshakes_refused"), 0U);
}

// A handshake of TLS is more work than any other; whoever is refused one has not cost any.
TEST(AddressTest, HandshakesOfTlsOverTheRateAreNotBegun) {
  TestServer server(SecureConfig(HandshakesPerSecond(1)), NobodyIsFree());
  unsigned refused = 0;
  for (int i = 0; i < 1000 && refused == 0; ++i) {
    try {
      const TlsClient client(server.endpoint(), "", kOneAddress);
    } catch (const std::exception&) {
      EXPECT_GE(i, 2);
      ++refused;
    }
  }
  EXPECT_EQ(refused, 1U);
  EXPECT_EQ(server.Count("address_handshakes_refused"), 1U);
  EXPECT_EQ(server.Count("tls_failures"), 0U);
  TlsClient other(server.endpoint(), "", kOtherAddress);
  other.Write(HandshakeFor("/echo"));
  EXPECT_NE(other.ReadUntil("HTTP/1.1 101 "), "");
}

}  // namespace
}  // namespace fanfare::testing
