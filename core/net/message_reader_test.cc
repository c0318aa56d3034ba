// Beast over the gate, fed from memory.
#include "core/net/message_reader.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/websocket/error.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fanfare {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr std::size_t kMessageBytes = 100'000;

constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;

// A frame as a client sends it: masked, with zeros.
std::string ClientFrame(std::uint8_t opcode, std::string_view payload, bool final = true) {
  std::string frame(1, static_cast<char>((final ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    const bool is_long = payload.size() > 65535;
    frame += static_cast<char>(0x80 | (is_long ? 127 : 126));
    for (int i = is_long ? 7 : 1; i >= 0; --i) {
      frame += static_cast<char>(payload.size() >> (8 * i) & 0xff);
    }
  }
  return frame.append(4, '\0').append(payload);
}

const std::string kNormalClosure("\x03\xe8", 2);

MessageReader::Handshake GoodHandshake() {
  MessageReader::Handshake request(http::verb::get, "/chat", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  request.set(http::field::sec_websocket_version, "13");
  return request;
}

// Keeps what the reader gave it.
class RecordingSink final : public MessageReader::Sink {
 public:
  bool OnWrite(std::string_view bytes) override {
    if (writes++ == refused_write) return false;
    written += bytes;
    return true;
  }
  void OnCloseFrame() override { ++close_frames; }
  bool OnMessage(Message message) override {
    messages += message.type == MessageType::kText ? "t:" : "b:";
    messages.append(message.payload).append(";");
    return !pauses;
  }

  std::string written;
  std::string messages;
  int close_frames = 0;
  // Pauses after each message.
  bool pauses = false;
  int writes = 0;
  int refused_write = -1;
};

class MessageReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(reader_.Accept(GoodHandshake(), "", sink_));
    handshake_ = std::exchange(sink_.written, "");
  }
  void Feed(std::string_view bytes) { reader_.Feed(bytes, sink_); }

  net::io_context context_;
  RecordingSink sink_;
  MessageReader reader_{context_, kMessageBytes};
  std::string handshake_;
};

TEST_F(MessageReaderTest, AnswersTheHandshakeThroughTheSink) {
  EXPECT_TRUE(handshake_.starts_with("HTTP/1.1 101 "));
  // The key's example answer, RFC 6455 section 1.3.
  EXPECT_NE(handshake_.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_TRUE(reader_.is_between_messages());
}

TEST_F(MessageReaderTest, NamesTheSubprotocolIfThereIsOne) {
  EXPECT_EQ(handshake_.find("Sec-WebSocket-Protocol"), std::string::npos);
  MessageReader reader(context_, kMessageBytes);
  ASSERT_FALSE(reader.Accept(GoodHandshake(), "talk.v1", sink_));
  EXPECT_NE(sink_.written.find("Sec-WebSocket-Protocol: talk.v1\r\n"), std::string::npos);
}

TEST_F(MessageReaderTest, RefusesABadHandshakeWithAnAnswer) {
  MessageReader::Handshake bad = GoodHandshake();
  bad.erase(http::field::sec_websocket_key);
  MessageReader reader(context_, kMessageBytes);
  EXPECT_TRUE(reader.Accept(bad, "", sink_));
  EXPECT_TRUE(reader.has_ended());
  EXPECT_TRUE(sink_.written.starts_with("HTTP/1.1 400 "));
}

TEST_F(MessageReaderTest, GivesTheMessagesOfOneReadInTheirOrder) {
  Feed(ClientFrame(kText, "one") + ClientFrame(kBinary, "two") + ClientFrame(kText, ""));
  EXPECT_EQ(sink_.messages, "t:one;b:two;t:;");
  EXPECT_TRUE(reader_.is_between_messages());
}

TEST_F(MessageReaderTest, TakesMessagesInPiecesOfAnySize) {
  const std::string large(70'000, 'x');
  const std::string stream = ClientFrame(kText, "one") + ClientFrame(kText, large) +
                             ClientFrame(kText, "frag", false) + ClientFrame(kPing, "hi") +
                             ClientFrame(0, "mented");
  for (const std::size_t piece : {1, 2, 5, 1000, 65536}) {
    sink_.messages.clear();
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      Feed(std::string_view(stream).substr(at, piece));
      EXPECT_EQ(reader_.is_between_messages(), at + piece >= stream.size() || at + piece == 9 ||
                                                   at + piece == 9 + 14 + large.size());
    }
    EXPECT_EQ(sink_.messages, "t:one;t:" + large + ";t:fragmented;");
  }
}

TEST_F(MessageReaderTest, APingIsAnsweredThroughTheSink) {
  Feed(ClientFrame(kPing, "hi"));
  EXPECT_EQ(sink_.written, "\x8a\x02hi");
  EXPECT_EQ(sink_.close_frames, 0);
  EXPECT_TRUE(reader_.is_between_messages());
}

TEST_F(MessageReaderTest, APeersCloseIsAnsweredAndEndsIt) {
  Feed(ClientFrame(kText, "bye") + ClientFrame(kClose, kNormalClosure) + ClientFrame(kText, "?"));
  EXPECT_EQ(sink_.messages, "t:bye;");
  EXPECT_EQ(sink_.written, "\x88\x02" + kNormalClosure);
  EXPECT_EQ(sink_.close_frames, 1);
  EXPECT_TRUE(reader_.has_ended());
  EXPECT_EQ(reader_.end(), websocket::error::closed);
  EXPECT_EQ(reader_.reason().code, websocket::close_code::normal);
}

TEST_F(MessageReaderTest, FaultsAreAnsweredWithTheirCodes) {
  const struct {
    std::string bytes;
    std::string_view code;
  } faults[] = {
      {ClientFrame(kText, std::string(kMessageBytes + 1, 'x')), "\x03\xf1"},
      {ClientFrame(kText, "\xff"), "\x03\xef"},
      {ClientFrame(kText | 0x40, "reserved bit"), "\x03\xea"},
      {ClientFrame(0, "continues nothing"), "\x03\xea"},
  };
  for (const auto& fault : faults) {
    RecordingSink sink;
    MessageReader reader(context_, kMessageBytes);
    ASSERT_FALSE(reader.Accept(GoodHandshake(), "", sink));
    sink.written.clear();
    reader.Feed(fault.bytes, sink);
    EXPECT_TRUE(reader.has_ended());
    EXPECT_EQ(sink.written.substr(0, 1), "\x88");
    EXPECT_EQ(sink.written.substr(2, 2), fault.code);
    EXPECT_EQ(sink.close_frames, 1);
    EXPECT_EQ(sink.messages, "");
  }
}

TEST_F(MessageReaderTest, PausesWhenItIsToldToAndReadsOnFromThere) {
  sink_.pauses = true;
  std::string stream;
  std::string all;
  for (int i = 0; i < 5; ++i) {
    stream += ClientFrame(kText, std::string(1000, static_cast<char>('0' + i)));
    all += "t:" + std::string(1000, static_cast<char>('0' + i)) + ";";
  }
  Feed(stream);
  for (int i = 1; i < 5; ++i) {
    EXPECT_EQ(sink_.messages.size(), 1003U * i);
    EXPECT_TRUE(reader_.is_paused());
    EXPECT_FALSE(reader_.is_between_messages());
    // What was fed is kept by the reader.
    if (i == 1) stream.assign(stream.size(), '!');
    reader_.Resume(sink_);
  }
  EXPECT_EQ(sink_.messages, all);
  sink_.pauses = false;
  reader_.Resume(sink_);
  EXPECT_TRUE(reader_.is_between_messages());
  Feed(ClientFrame(kText, "on"));
  EXPECT_EQ(sink_.messages, all + "t:on;");
}

TEST_F(MessageReaderTest, ARefusedPongEndsIt) {
  sink_.refused_write = sink_.writes;
  Feed(ClientFrame(kPing, "hi") + ClientFrame(kText, "one"));
  EXPECT_TRUE(reader_.has_ended());
  EXPECT_EQ(reader_.end(), net::error::no_buffer_space);
}

TEST(ReaderPoolTest, OneReaderServesManySessions) {
  net::io_context context;
  ReaderPool pool(context);
  const MessageReader* first = nullptr;
  for (int i = 0; i < 3; ++i) {
    RecordingSink session;
    std::unique_ptr<MessageReader> reader = pool.Take(kMessageBytes);
    if (first == nullptr) first = reader.get();
    EXPECT_EQ(reader.get(), first);
    reader->Feed(ClientFrame(kText, "one") + ClientFrame(kPing, ""), session);
    EXPECT_EQ(session.messages, "t:one;");
    EXPECT_EQ(session.written, std::string("\x8a\0", 2));
    pool.GiveBack(std::move(reader));
  }
}

TEST(ReaderPoolTest, FramesOfOneSessionAreNotTheNextOnes) {
  net::io_context context;
  ReaderPool pool(context);
  RecordingSink session;
  std::unique_ptr<MessageReader> reader = pool.Take(kMessageBytes);
  const MessageReader* const first = reader.get();
  reader->Feed(ClientFrame(kText, "a", false) + ClientFrame(kPing, "") + ClientFrame(0, "b"),
               session);
  EXPECT_EQ(reader->message_frames(), 2U);
  EXPECT_EQ(reader->control_frames(), 1U);
  pool.GiveBack(std::move(reader));
  reader = pool.Take(kMessageBytes);
  ASSERT_EQ(reader.get(), first);
  EXPECT_EQ(reader->message_frames(), 0U);
  EXPECT_EQ(reader->control_frames(), 0U);
  reader->Feed(ClientFrame(kPing, ""), session);
  EXPECT_EQ(reader->message_frames(), 0U);
  EXPECT_EQ(reader->control_frames(), 1U);
}

TEST(ReaderPoolTest, WhoIsInTheMiddleOfAMessageKeepsItsReader) {
  net::io_context context;
  ReaderPool pool(context);
  const std::string message = ClientFrame(kText, "half and half");
  std::vector<std::unique_ptr<MessageReader>> readers;
  std::vector<RecordingSink> sessions(40);
  for (RecordingSink& session : sessions) {
    readers.push_back(pool.Take(kMessageBytes));
    readers.back()->Feed(message.substr(0, 10), session);
    EXPECT_FALSE(readers.back()->is_between_messages());
  }
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    readers[i]->Feed(message.substr(10), sessions[i]);
    EXPECT_EQ(sessions[i].messages, "t:half and half;");
    pool.GiveBack(std::move(readers[i]));
  }
}

}  // namespace
}  // namespace fanfare
