// Faults at every point, one after the other: a conversation that is cut after byte 0, 1, 2, …, and
// a send that fails as number 0, 1, 2, …. Healthy sessions lose nothing.
#include <gtest/gtest.h>

#include <cerrno>
#include <exception>
#include <optional>
#include <string>

#include "tests/client.h"
#include "tests/faulty_egress.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

TEST(FaultTest, AConversationMayBeCutAfterEveryByte) {
  TestServer server;
  Client first(server.endpoint(), "/chat/healthy");
  Client second(server.endpoint(), "/chat/healthy");
  // Between the faulty conversation and the healthy one, so that they would be noticed there.
  const std::string conversation = HandshakeFor("/chat/faulty") + TextFrame("a masked message") +
                                   Encode({.opcode = kText, .payload = "frag", .final = false}) +
                                   Encode({.opcode = kPing, .payload = "are you there?"}) +
                                   Encode({.opcode = kContinuation, .payload = "ments"}) +
                                   CloseFrame(1000);
  const std::size_t handshake = HandshakeFor("/chat/faulty").size();
  for (std::size_t cut = 0; cut <= conversation.size(); ++cut) {
    SCOPED_TRACE(cut);
    {
      RawClient faulty(server.endpoint());
      faulty.Write(std::string_view(conversation).substr(0, cut));
      // Each within the server's reading of what came before, or after it.
      if (cut > handshake && cut % 4 < 2) {
        EXPECT_EQ(faulty.ReadReply().status, 101U);
      }
      if (cut % 2 == 0) {
        faulty.socket().Reset();
      } else {
        faulty.socket().ShutdownSend();
      }
      const std::string text = "after byte " + std::to_string(cut);
      first.SendText(text);
      ASSERT_EQ(second.ReceiveText(), text);
      ASSERT_EQ(first.ReceiveText(), text);
    }
  }
  EXPECT_TRUE(server.WaitForSessions(2));
  EXPECT_EQ(server.Count("connections_accepted"), conversation.size() + 3);
}

struct SendFault {
  const char* name;
  std::int64_t result;
  // Whether the session whose send it was goes on.
  bool is_survived;
};

const SendFault kSendFaults[] = {
    {"Reset", -ECONNRESET, false}, {"Pipe", -EPIPE, false}, {"WouldBlock", -EAGAIN, true},
    {"OneByte", 1, true},          {"ThreeBytes", 3, true}, {"NinetyBytes", 90, true},
};

class SendFaultTest : public ::testing::TestWithParam<SendFault> {};
INSTANTIATE_TEST_SUITE_P(Faults, SendFaultTest, ::testing::ValuesIn(kSendFaults),
                         [](const auto& fault) { return fault.param.name; });

// Three clients in a room; each pings, says something, and leaves, and nothing of this begins
// before all that must come has come. So a client whose send failed ends at a known step, and says
// no more.
class Conversation {
 public:
  explicit Conversation(const Endpoint& server) {
    for (auto& client : clients_) {
      try {
        client.emplace(RawClient::Open(server, "/chat/room"));
      } catch (const std::exception&) {
        // Its send was the one that failed.
        client.reset();
      }
    }
  }

  void Talk() {
    for (auto& speaker : clients_) {
      Try(speaker, [&] {
        speaker->Write({.opcode = kPing, .payload = "there?"});
        EXPECT_EQ(speaker->ReadFrame().payload, "there?");
      });
      if (!speaker) continue;
      const std::string text = "message " + std::to_string(said_++) + std::string(200, '.');
      speaker->Write(TextFrame(text));
      for (auto& listener : clients_) {
        Try(listener, [&] { EXPECT_EQ(listener->ReadFrame().payload, text); });
      }
    }
  }

  // Returns how many came to this end.
  int Leave() {
    int left = 0;
    for (auto& client : clients_) {
      Try(client, [&] {
        client->Write(CloseFrame(1000));
        EXPECT_EQ(client->ReadFrame().close_code(), 1000);
        EXPECT_TRUE(client->EndsCleanly());
        ++left;
      });
      client.reset();
    }
    return left;
  }

 private:
  // Does a client's step; one whose connection fails is gone.
  template <class Step>
  void Try(std::optional<RawClient>& client, Step step) {
    if (!client) return;
    try {
      step();
    } catch (const std::exception&) {
      client.reset();
    }
  }

  std::optional<RawClient> clients_[3];
  int said_ = 0;
};

TEST_P(SendFaultTest, EverySendMayFail) {
  Config config = LocalConfig();
  // The sends come in one order, then.
  config.threads = 1;
  std::size_t at = 0;
  for (bool happened = true; happened; ++at) {
    ASSERT_LT(at, 100U) << "the conversation never comes to its end";
    SCOPED_TRACE(at);
    Fault fault;
    fault.at = at;
    fault.result = GetParam().result;
    TestServer server(config, {.make_egress = MakeFaultyEgress(fault)});
    Conversation conversation(server.endpoint());
    conversation.Talk();
    conversation.Talk();
    const int left = conversation.Leave();
    happened = fault.happened();
    EXPECT_EQ(left, happened && !GetParam().is_survived ? 2 : 3);
    EXPECT_TRUE(server.WaitForSessions(0));
  }
  EXPECT_GT(at, 20U) << "hardly anything was tried";
}

}  // namespace
}  // namespace fanfare::testing
