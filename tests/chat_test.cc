// The chat route over the whole server: what one says, all in the room hear.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/client.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

using ::testing::UnorderedElementsAreArray;

class RoomTest : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Clients, RoomTest, ::testing::Values(1, 2, 100),
                         ::testing::PrintToStringParamName());

TEST_P(RoomTest, EveryoneHearsEveryMessageOnceAndInOneOrder) {
  TestServer server;
  std::vector<std::unique_ptr<Client>> clients;
  while (clients.size() < GetParam()) {
    clients.push_back(std::make_unique<Client>(server.endpoint(), "/chat/all"));
  }
  std::vector<std::string> said;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      said.push_back(std::to_string(i) + " says " + std::to_string(round));
      clients[i]->SendText(said.back());
    }
  }
  const std::vector<std::string> heard = clients.front()->ReceiveTexts(said.size());
  EXPECT_THAT(heard, UnorderedElementsAreArray(said));
  for (std::size_t i = 1; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i]->ReceiveTexts(said.size()), heard);
  }
  // And nothing twice: what comes next is said only now.
  clients.back()->SendText("last");
  for (const auto& client : clients) EXPECT_EQ(client->ReceiveText(), "last");
}

TEST(ChatTest, EverySizeArrivesUnchangedAsTextAndAsBinary) {
  TestServer server;
  Client speaker(server.endpoint(), "/chat/sizes");
  Client listener(server.endpoint(), "/chat/sizes");
  // The last of each length's encoding, the first of the next, and the largest that is allowed.
  for (const std::size_t size : {0UL, 1UL, 125UL, 126UL, 65535UL, 65536UL, 1024UL * 1024UL}) {
    SCOPED_TRACE(size);
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('!' + i * i % 89);
    std::string binary(size, '\0');
    for (std::size_t i = 0; i < size; ++i) binary[i] = static_cast<char>(i * 7 + i / 256);
    const Incoming messages[] = {{MessageType::kText, text}, {MessageType::kBinary, binary}};
    for (const Incoming& message : messages) {
      speaker.Send({message.type, message.payload});
      // Not EXPECT_EQ, which would print a megabyte.
      EXPECT_TRUE(listener.Receive() == message);
      EXPECT_TRUE(speaker.Receive() == message);
    }
  }
}

TEST(ChatTest, TextOfAllPlanesArrivesUnchanged) {
  TestServer server;
  Client client(server.endpoint(), "/chat");
  const std::string text = "a\u00e9\u4e2d\U0001f3ba\U0010ffff";
  client.SendText(text);
  EXPECT_EQ(client.ReceiveText(), text);
}

TEST(ChatTest, FragmentsAreOneMessageAndAPingBetweenThemIsAnswered) {
  TestServer server;
  RawClient speaker = RawClient::Open(server.endpoint(), "/chat/pieces");
  Client listener(server.endpoint(), "/chat/pieces");
  // Cut within a character of two bytes.
  speaker.Write({.opcode = kText, .payload = "one \xc3", .final = false});
  speaker.Write({.opcode = kContinuation, .payload = "\xa9, ", .final = false});
  speaker.Write({.opcode = kPing, .payload = "between"});
  const ReceivedFrame pong = speaker.ReadFrame();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "between");
  speaker.Write({.opcode = kContinuation, .payload = "", .final = false});
  speaker.Write({.opcode = kContinuation, .payload = "two", .final = true});
  EXPECT_EQ(listener.ReceiveText(), "one \u00e9, two");
  const ReceivedFrame heard = speaker.ReadFrame();
  EXPECT_EQ(heard.opcode, kText);
  EXPECT_EQ(heard.payload, "one \u00e9, two");
}

TEST(ChatTest, AMessageMayComeByteByByte) {
  TestServer server;
  RawClient speaker = RawClient::Open(server.endpoint(), "/chat/slow");
  Client listener(server.endpoint(), "/chat/slow");
  for (const char byte : TextFrame("a little at a time")) speaker.Write(std::string(1, byte));
  EXPECT_EQ(listener.ReceiveText(), "a little at a time");
}

TEST(ChatTest, PingsAreAnsweredWhileTheRoomIsBusy) {
  TestServer server;
  Client client(server.endpoint(), "/chat/pings");
  std::vector<std::string> pings;
  for (int i = 0; i < 20; ++i) {
    client.SendText("message " + std::to_string(i));
    pings.push_back("ping " + std::to_string(i));
    client.Ping(pings.back());
  }
  client.SendText("last");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.ReceiveText(), "message " + std::to_string(i));
  EXPECT_EQ(client.ReceiveText(), "last");
  EXPECT_EQ(client.pongs(), pings);
}

TEST(ChatTest, RoomsAreApart) {
  TestServer server;
  Client in_a(server.endpoint(), "/chat/a");
  Client in_b(server.endpoint(), "/chat/b");
  Client in_lobby(server.endpoint(), "/chat");
  in_a.SendText("for a");
  // Had anyone else heard it, that would be before its own room's message.
  EXPECT_EQ(in_a.ReceiveText(), "for a");
  in_b.SendText("for b");
  in_lobby.SendText("for the lobby");
  EXPECT_EQ(in_b.ReceiveText(), "for b");
  EXPECT_EQ(in_lobby.ReceiveText(), "for the lobby");
  in_a.SendText("for a again");
  EXPECT_EQ(in_a.ReceiveText(), "for a again");
}

TEST(ChatTest, TheRoomWithoutANameIsTheLobby) {
  TestServer server;
  Client unnamed(server.endpoint(), "/chat");
  Client named(server.endpoint(), "/chat/lobby");
  unnamed.SendText("hello");
  EXPECT_EQ(named.ReceiveText(), "hello");
}

TEST(ChatTest, RoomNamesAreDecoded) {
  TestServer server;
  Client decoded(server.endpoint(), "/chat/caf%C3%A9%20%2F");
  Client same(server.endpoint(), "/chat/%63af%c3%a9%20%2f");
  Client other(server.endpoint(), "/chat/caf%C3%A9%20");
  decoded.SendText("salut");
  EXPECT_EQ(same.ReceiveText(), "salut");
  other.SendText("alone");
  EXPECT_EQ(other.ReceiveText(), "alone");
}

TEST(ChatTest, ARoomNameMayHave128Bytes) {
  TestServer server;
  Client fits(server.endpoint(), "/chat/" + std::string(128, 'r'));
  fits.SendText("cosy");
  EXPECT_EQ(fits.ReceiveText(), "cosy");
  Client too_long(server.endpoint(), "/chat/" + std::string(129, 'r'));
  const CloseReason closed = too_long.ReceiveClose();
  EXPECT_EQ(closed.code, 1008);
  EXPECT_EQ(closed.reason, "a room's name has at most 128 bytes");
}

TEST(ChatTest, PeersOfBothAddressFamiliesShareARoom) {
  Config config = LocalConfig();
  config.listen = {"127.0.0.1:0", "[::1]:0"};
  std::unique_ptr<TestServer> server;
  try {
    server = std::make_unique<TestServer>(config);
  } catch (const std::runtime_error& e) {
    GTEST_SKIP() << "no IPv6 here: " << e.what();
  }
  const std::vector<Endpoint> endpoints = (*server)->endpoints();
  ASSERT_EQ(endpoints.size(), 2U);
  Client four(endpoints[0], "/chat/both");
  Client six(endpoints[1], "/chat/both");
  EXPECT_TRUE(six.local_endpoint().address().is_v6());
  four.SendText("from 4");
  six.SendText("from 6");
  EXPECT_THAT(four.ReceiveTexts(2), UnorderedElementsAreArray({"from 4", "from 6"}));
  EXPECT_THAT(six.ReceiveTexts(2), UnorderedElementsAreArray({"from 4", "from 6"}));
}

// A session is in its room before its client learns that the handshake succeeded: what others say
// after that it hears.
TEST(ChatTest, WhoHasConnectedIsInTheRoom) {
  Config config = LocalConfig();
  config.threads = 4;
  TestServer server(config);
  Client speaker(server.endpoint(), "/chat/door");
  for (int i = 0; i < 200; ++i) {
    Client listener(server.endpoint(), "/chat/door");
    const std::string text = std::to_string(i);
    speaker.SendText(text);
    ASSERT_EQ(listener.ReceiveText(), text);
    ASSERT_EQ(speaker.ReceiveText(), text);
  }
}

TEST(ChatTest, PeersThatComeAndGoAtOnceLeaveNothingBehind) {
  TestServer server;
  Client stays(server.endpoint(), "/chat/door");
  for (int i = 0; i < 200; ++i) {
    if (i % 2 == 0) {
      Client(server.endpoint(), "/chat/door").Reset();
    } else {
      Client(server.endpoint(), "/chat/door").Close(1000);
    }
    // One that does not even wait for the answer.
    RawClient(server.endpoint()).Write(HandshakeFor("/chat/door"));
  }
  stays.SendText("still here");
  EXPECT_EQ(stays.ReceiveText(), "still here");
  EXPECT_TRUE(WaitUntil([&] { return server.Count("connections_accepted") == 401; }));
  EXPECT_TRUE(server.WaitForSessions(1));
}

// A room lives as long as somebody is in it, and a session as long as its connection.
TEST(ChatTest, RoomsThatEverybodyLeftAreFreed) {
  TestServer server;
  const auto visit_rooms = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string room = "/chat/room-" + std::to_string(i);
      Client visitor(server.endpoint(), room);
      visitor.SendText(std::string(1000, 'v'));
      EXPECT_EQ(visitor.ReceiveText().size(), 1000U);
      visitor.Close(1000);
    }
    EXPECT_TRUE(server.WaitForSessions(0));
    return mallinfo2().uordblks;
  };
  const std::size_t before = visit_rooms(0, 200);
  if (before == 0) GTEST_SKIP() << "the sanitizers have an allocator of their own";
  const std::size_t after = visit_rooms(200, 1200);
  // A room alone is a kilobyte with its channel, and a session several.
  EXPECT_LT(after, before + 200'000) << "per room and session: " << (after - before) / 1000;
}

}  // namespace
}  // namespace fanfare::testing
