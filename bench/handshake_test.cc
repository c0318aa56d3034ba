#include "bench/handshake.h"

#include <gtest/gtest.h>

#include "bench/accept_key.h"

namespace fanfare::bench {
namespace {

std::string Answer() {
  return "HTTP/1.1 101 Switching Protocols\r\nServer: any\r\nSec-WebSocket-Accept: " +
         AcceptKey("dGhlIHNhbXBsZSBub25jZQ==") + "\r\nX-Extra: 1\r\n\r\n";
}

TEST(HandshakeTest, AsksForThePath) {
  const std::string request = HandshakeRequest("/chat/1", "127.0.0.1:80");
  EXPECT_EQ(request.rfind("GET /chat/1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n", 0), 0u);
  EXPECT_NE(request.find("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), request.npos);
}

TEST(HandshakeTest, AsksForASubprotocolIfThereIsOne) {
  EXPECT_EQ(HandshakeRequest("/", "h").find("Protocol"), std::string::npos);
  EXPECT_TRUE(HandshakeRequest("/", "h", "chat.v1")
                  .ends_with("\r\nSec-WebSocket-Protocol: chat.v1\r\n\r\n"));
}

TEST(HandshakeTest, LeavesWhatComesBehindTheAnswer) {
  std::string received = Answer() + "frames";
  EXPECT_TRUE(TakeHandshakeAnswer(received).value());
  EXPECT_EQ(received, "frames");
}

TEST(HandshakeTest, WaitsForTheWholeAnswer) {
  const std::string answer = Answer();
  for (std::size_t length = 0; length < answer.size(); ++length) {
    std::string received = answer.substr(0, length);
    EXPECT_FALSE(TakeHandshakeAnswer(received).value());
    EXPECT_EQ(received.size(), length);
  }
}

TEST(HandshakeTest, ARefusalIsQuoted) {
  std::string received = "HTTP/1.1 404 Not Found\r\nServer: any\r\n\r\n";
  EXPECT_EQ(TakeHandshakeAnswer(received).status().message(),
            "handshake refused: HTTP/1.1 404 Not Found");
}

TEST(HandshakeTest, AWrongKeyIsARefusal) {
  std::string received = "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n";
  EXPECT_FALSE(TakeHandshakeAnswer(received).ok());
}

TEST(HandshakeTest, AnAnswerWithoutEndIsAnError) {
  std::string received(10'000, 'x');
  EXPECT_FALSE(TakeHandshakeAnswer(received).ok());
}

}  // namespace
}  // namespace fanfare::bench
