#include "core/tls/tls_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing/certificates.h"
#include "core/testing/tls_peer.h"

namespace fanfare {
namespace {

using ::fanfare::testing::Decrypt;
using ::fanfare::testing::Handshake;
using ::fanfare::testing::MakeCertificate;
using ::fanfare::testing::TakeOutput;
using ::fanfare::testing::TemporaryFolder;
using ::fanfare::testing::TlsPeer;
using ::testing::HasSubstr;

std::shared_ptr<const TlsContexts> MakeContexts(TlsVersion min_version = TlsVersion::k12) {
  const TemporaryFolder folder;
  return *TlsContexts::Load(
      {.certificates = {folder.Write("a", MakeCertificate())}, .min_version = min_version},
      folder.name());
}

bool Encrypt(TlsSession& session, std::vector<std::string> texts) {
  std::vector<iovec> pieces;
  for (std::string& text : texts) {
    pieces.push_back({.iov_base = text.data(), .iov_len = text.size()});
  }
  return session.Encrypt(pieces);
}

// What the server says about a handshake that fails.
std::string Failure(TlsSession& session, std::string_view bytes) {
  try {
    Decrypt(session, bytes);
  } catch (const boost::system::system_error& e) {
    return e.code().message();
  }
  return "";
}

class TlsSessionTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { Handshake(peer_, session_); }

  std::shared_ptr<const TlsContexts> contexts_ = MakeContexts();
  TlsSession session_{*contexts_};
  TlsPeer peer_{{.max_version = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsSessionTest,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_3_VERSION ? "Tls13" : "Tls12";
                         });

TEST_P(TlsSessionTest, TheHandshakeLeavesNothingToSend) {
  EXPECT_TRUE(session_.is_open());
  EXPECT_EQ(session_.output(), "");
  EXPECT_EQ(session_.version(), GetParam() == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
  EXPECT_THAT(peer_.cipher(), ::testing::AnyOf(HasSubstr("GCM"), HasSubstr("CHACHA20")));
}

TEST_P(TlsSessionTest, BothSidesHearEachOther) {
  peer_.Write("to the server");
  EXPECT_EQ(Decrypt(session_, peer_.TakeOutput()), "to the server");
  EXPECT_TRUE(Encrypt(session_, {"to ", "the ", "peer"}));
  EXPECT_EQ(peer_.Read(TakeOutput(session_)), "to the peer");
  EXPECT_EQ(session_.output(), "");
}

TEST_P(TlsSessionTest, WhatComesInPiecesIsPutTogether) {
  const std::string large(100'000, 'x');
  peer_.Write(large);
  peer_.Write("end");
  const std::string ciphertext = peer_.TakeOutput();
  std::string heard;
  for (std::size_t at = 0; at < ciphertext.size(); at += 1000) {
    heard += Decrypt(session_, std::string_view(ciphertext).substr(at, 1000));
  }
  EXPECT_TRUE(heard == large + "end");
  // And all at once.
  peer_.Write(large);
  EXPECT_TRUE(Decrypt(session_, peer_.TakeOutput()) == large);
}

TEST_P(TlsSessionTest, SmallPiecesShareARecordAndLargeOnesAreCut) {
  std::vector<std::string> texts(50, "small");
  std::string all;
  for (const auto& text : texts) all += text;
  ASSERT_TRUE(Encrypt(session_, texts));
  // A record costs 22 bytes (29 in TLS 1.2) and a byte of type.
  EXPECT_LT(session_.output().size(), all.size() + 40);
  EXPECT_EQ(peer_.Read(TakeOutput(session_)), all);
  texts = {"a", std::string(40'000, 'b'), "c", std::string(16 * 1024, 'd'), "", "e"};
  all.clear();
  for (const auto& text : texts) all += text;
  ASSERT_TRUE(Encrypt(session_, texts));
  EXPECT_TRUE(peer_.Read(TakeOutput(session_)) == all);
}

TEST_P(TlsSessionTest, OutputIsTakenPieceByPiece) {
  ASSERT_TRUE(Encrypt(session_, {std::string(1000, 'x')}));
  std::string sent;
  while (!session_.output().empty()) {
    const std::string piece(session_.output().substr(0, 100));
    session_.ConsumeOutput(piece.size());
    sent += piece;
  }
  EXPECT_EQ(peer_.Read(sent), std::string(1000, 'x'));
}

TEST_P(TlsSessionTest, TheEndIsSaidOnce) {
  EXPECT_FALSE(session_.has_peer_ended());
  peer_.Write("last");
  peer_.End();
  EXPECT_EQ(Decrypt(session_, peer_.TakeOutput()), "last");
  EXPECT_TRUE(session_.has_peer_ended());
  // Which does not keep the server from going on.
  EXPECT_TRUE(Encrypt(session_, {"an answer"}));
  session_.EncryptEnd();
  EXPECT_FALSE(session_.output().empty());
  EXPECT_EQ(peer_.Read(TakeOutput(session_)), "an answer");
  EXPECT_TRUE(peer_.has_server_ended());
  session_.EncryptEnd();
  EXPECT_EQ(session_.output(), "");
  EXPECT_FALSE(Encrypt(session_, {"too late"}));
}

TEST_P(TlsSessionTest, BytesThatWereChangedEndIt) {
  peer_.Write("a message");
  std::string ciphertext = peer_.TakeOutput();
  ciphertext.back() ^= 1;
  EXPECT_THAT(Failure(session_, ciphertext), HasSubstr("bad record mac"));
  // The peer is told why, and nothing else any more.
  EXPECT_THROW(peer_.Read(TakeOutput(session_)), std::runtime_error);
  EXPECT_FALSE(Encrypt(session_, {"more"}));
  session_.EncryptEnd();
  EXPECT_EQ(session_.output(), "");
}

TEST(TlsSessionHandshakeTest, OldVersionsAreRefused) {
  const auto contexts = MakeContexts();
  TlsSession session(*contexts);
  TlsPeer peer({.min_version = TLS1_VERSION, .max_version = TLS1_1_VERSION});
  peer.Handshake();
  EXPECT_EQ(Failure(session, peer.TakeOutput()), "unsupported protocol");
  EXPECT_THROW(peer.Handshake(TakeOutput(session)), std::runtime_error);
  EXPECT_FALSE(session.is_open());
}

TEST(TlsSessionHandshakeTest, TheOldestVersionCanBeSet) {
  const auto contexts = MakeContexts(TlsVersion::k13);
  TlsSession session(*contexts);
  TlsPeer peer({.max_version = TLS1_2_VERSION});
  peer.Handshake();
  EXPECT_EQ(Failure(session, peer.TakeOutput()), "unsupported protocol");
}

TEST(TlsSessionHandshakeTest, CiphersWithoutForwardSecrecyOrAuthenticationAreRefused) {
  const auto contexts = MakeContexts();
  for (const char* ciphers : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256"}) {
    TlsSession session(*contexts);
    TlsPeer peer({.max_version = TLS1_2_VERSION, .ciphers = ciphers});
    peer.Handshake();
    EXPECT_EQ(Failure(session, peer.TakeOutput()), "no shared cipher") << ciphers;
  }
}

TEST(TlsSessionHandshakeTest, Http11IsTheProtocol) {
  const auto contexts = MakeContexts();
  TlsSession session(*contexts);
  TlsPeer peer({.protocols = "\x02h2\x08http/1.1"});
  Handshake(peer, session);
  EXPECT_EQ(peer.protocol(), "http/1.1");
  TlsSession other(*contexts);
  TlsPeer stranger({.protocols = "\x02h2"});
  stranger.Handshake();
  EXPECT_EQ(Failure(other, stranger.TakeOutput()), "no application protocol");
}

TEST(TlsSessionHandshakeTest, GarbageIsAnError) {
  const auto contexts = MakeContexts();
  for (const std::string& bytes :
       {std::string(100, '\0'), std::string("\x16\x03\x01\xff\xff") + std::string(70'000, 'x'),
        std::string("\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9)}) {
    TlsSession session(*contexts);
    EXPECT_NE(Failure(session, bytes), "");
  }
}

TEST(TlsSessionHandshakeTest, WhoComesBackResumes) {
  const auto contexts = MakeContexts();
  TlsSession first(*contexts);
  TlsPeer peer;
  Handshake(peer, first);
  SSL_SESSION* const session = peer.session();
  TlsSession second(*contexts);
  TlsPeer again;
  again.Resume(session);
  Handshake(again, second);
  EXPECT_TRUE(again.resumed());
  SSL_SESSION_free(session);
}

TEST(TlsSessionHandshakeTest, NewKeysAreTakenAndAnswered) {
  const auto contexts = MakeContexts();
  TlsSession session(*contexts);
  TlsPeer peer;
  Handshake(peer, session);
  peer.UpdateKeys();
  peer.Write("with new keys");
  EXPECT_EQ(Decrypt(session, peer.TakeOutput()), "with new keys");
  EXPECT_TRUE(Encrypt(session, {"with new keys, too"}));
  EXPECT_EQ(peer.Read(TakeOutput(session)), "with new keys, too");
}

TEST(TlsSessionHandshakeTest, AnotherHandshakeIsCountedAndNotBegun) {
  const auto contexts = MakeContexts();
  TlsSession session(*contexts);
  TlsPeer peer({.max_version = TLS1_2_VERSION});
  Handshake(peer, session);
  EXPECT_EQ(session.late_handshakes(), 0U);
  peer.Renegotiate();
  EXPECT_EQ(Decrypt(session, peer.TakeOutput()), "");
  EXPECT_EQ(session.late_handshakes(), 1U);
  // The session is what it was.
  EXPECT_TRUE(session.is_open());
  EXPECT_TRUE(Encrypt(session, {"go on"}));
}

TEST(TlsSessionHandshakeTest, NewKeysAreCounted) {
  const auto contexts = MakeContexts();
  TlsSession session(*contexts);
  TlsPeer peer;
  Handshake(peer, session);
  EXPECT_EQ(session.late_handshakes(), 0U);
  for (int i = 0; i < 3; ++i) peer.UpdateKeys();
  peer.Write("with the fourth");
  EXPECT_EQ(Decrypt(session, peer.TakeOutput()), "with the fourth");
  EXPECT_EQ(session.late_handshakes(), 3U);
  // Those that the session sends itself are its own affair.
  EXPECT_TRUE(Encrypt(session, {"?"}));
  EXPECT_EQ(session.late_handshakes(), 3U);
}

}  // namespace
}  // namespace fanfare
