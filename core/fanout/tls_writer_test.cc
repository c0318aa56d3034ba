// What leaves through a writer of TLS, beside others in plain text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/channel.h"
#include "core/fanout/fanout.h"
#include "core/fanout/frame.h"
#include "core/fanout/socket_writer.h"
#include "core/testing/certificates.h"
#include "core/testing/fake_shard.h"
#include "core/testing/tls_peer.h"

namespace fanfare {
namespace {

using ::fanfare::testing::FakeSession;
using ::fanfare::testing::FakeShard;
using ::fanfare::testing::MakeCertificate;
using ::fanfare::testing::TemporaryFolder;
using ::fanfare::testing::TlsPeer;

constexpr int kSocket = 1'000'000;

std::shared_ptr<const TlsContexts> MakeContexts() {
  const TemporaryFolder folder;
  return *TlsContexts::Load({.certificates = {folder.Write("a", MakeCertificate())}},
                            folder.name());
}

std::string Frame(std::string_view text) {
  const FrameHeader header({.type = MessageType::kText, .payload = text}, Format::kWebSocket);
  return std::string(header.bytes()) + std::string(text);
}

// A writer whose peer reads what the network was given.
class SecureWriter final : public SocketWriter::Owner {
 public:
  SecureWriter(FakeShard& shard, const TlsContexts& contexts, int socket = kSocket)
      : shard_(shard), socket_(socket) {
    auto session = std::make_unique<TlsSession>(contexts);
    testing::Handshake(peer_, *session);
    writer_ = std::make_unique<SocketWriter>(shard.fanout(), *this, socket,
                                             SocketWriter::Settings{.outbox_bytes = 1 << 20},
                                             std::move(session));
  }
  ~SecureWriter() { writer_->Close(); }
  SecureWriter(const SecureWriter&) = delete;
  SecureWriter& operator=(const SecureWriter&) = delete;

  SocketWriter& operator*() { return *writer_; }
  SocketWriter* operator->() { return writer_.get(); }
  TlsPeer& peer() { return peer_; }
  bool send_failed() const { return send_failed_; }
  bool waits() const { return waits_; }

  // All that the peer has heard, after the shard has run.
  const std::string& Heard() {
    shard_.Run();
    const std::string& sent = shard_.network().sent(socket_);
    heard_ += peer_.Read(std::string_view(sent).substr(read_));
    read_ = sent.size();
    return heard_;
  }
  void BecomeWritable() {
    waits_ = false;
    shard_.network().Unlimit(socket_);
    writer_->OnWritable();
  }

 private:
  void WaitWritable() override { waits_ = true; }
  void OnSendFailed() override { send_failed_ = true; }
  void OnFellBehind(std::optional<std::uint64_t>) override {}
  void OnMissed(const std::string&, std::uint64_t) override {}
  void OnProgress() override {}
  LogSubject subject() const override { return {.peer = "secure"}; }

  FakeShard& shard_;
  const int socket_;
  TlsPeer peer_;
  std::unique_ptr<SocketWriter> writer_;
  std::size_t read_ = 0;
  std::string heard_;
  bool waits_ = false;
  bool send_failed_ = false;
};

class TlsWriterTest : public ::testing::Test {
 protected:
  void Publish(std::string_view text) {
    channel_.Publish({.type = MessageType::kText, .payload = text});
  }

  std::shared_ptr<const TlsContexts> contexts_ = MakeContexts();
  Channel channel_{"room", {.log_bytes = 1 << 20}};
  FakeShard shard_;
  SecureWriter secure_{shard_, *contexts_};
};

TEST_F(TlsWriterTest, IsSentWhatOthersAreSentInPlainText) {
  FakeSession plain(shard_);
  const auto one = secure_->Subscribe(channel_);
  const Subscription two = plain.Subscribe(channel_);
  Publish("first");
  Publish("second");
  EXPECT_EQ(secure_.Heard(), Frame("first") + Frame("second"));
  Publish("third");
  EXPECT_EQ(secure_.Heard(), Frame("first") + Frame("second") + Frame("third"));
  EXPECT_EQ(plain.Texts(), (std::vector<std::string>{"first", "second", "third"}));
  EXPECT_EQ(shard_.network().sent(kSocket).find("first"), std::string::npos);
  // The messages of a turn are one record and one system call.
  EXPECT_EQ(shard_.network().sends(kSocket), 2U);
  EXPECT_EQ(shard_.stats().Total(&RouteStats::messages_sent), 6U);
  EXPECT_TRUE(secure_->drained());
}

TEST_F(TlsWriterTest, OutboxAndChannelsLeaveTogether) {
  Channel other("other", {.log_bytes = 1 << 20});
  const auto one = secure_->Subscribe(channel_);
  const auto two = secure_->Subscribe(other);
  ASSERT_TRUE(secure_->Write({.type = MessageType::kText, .payload = "own"}));
  Publish("first");
  other.Publish({.type = MessageType::kText, .payload = "second"});
  EXPECT_EQ(secure_.Heard(), Frame("own") + Frame("first") + Frame("second"));
}

TEST_F(TlsWriterTest, NothingIsLostWhereTheSocketTakesALittleAtATime) {
  const auto one = secure_->Subscribe(channel_);
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const std::string text =
        std::to_string(i) + std::string(static_cast<std::size_t>(i) * 500, 'x');
    Publish(text);
    all += Frame(text);
  }
  for (std::size_t room = 1; secure_.Heard().size() < all.size(); room += 997) {
    ASSERT_LT(room, 10'000'000U);
    if (secure_.waits()) secure_.BecomeWritable();
    shard_.network().LimitTo(kSocket, room);
  }
  EXPECT_TRUE(secure_.Heard() == all);
}

TEST_F(TlsWriterTest, WhoReadsSlowlyHoldsAFewRecordsAtMost) {
  const auto one = secure_->Subscribe(channel_);
  shard_.network().LimitTo(kSocket, 1000);
  const std::string text(100'000, 'x');
  for (int i = 0; i < 5; ++i) Publish(text);
  shard_.Run();
  EXPECT_TRUE(secure_.waits());
  EXPECT_FALSE(secure_->drained());
  EXPECT_LT(secure_->tls()->output().size(), SocketWriter::kMaxEncryptedBytes + 1000);
  // What is written meanwhile comes after the frame that was begun.
  ASSERT_TRUE(secure_->Write({.type = MessageType::kText, .payload = "own"}));
  secure_.BecomeWritable();
  EXPECT_TRUE(secure_.Heard() ==
              Frame(text) + Frame("own") + Frame(text) + Frame(text) + Frame(text) + Frame(text));
}

TEST_F(TlsWriterTest, TheLogIsGivenBackWhenAllHaveReadIt) {
  SecureWriter other(shard_, *contexts_, kSocket + 1);
  const auto one = secure_->Subscribe(channel_);
  const auto two = other->Subscribe(channel_);
  shard_.network().LimitTo(kSocket, 1000);
  const std::string text(100'000, 'x');
  Publish(text);
  EXPECT_TRUE(other.Heard() == Frame(text));
  EXPECT_GE(channel_.log_memory(), text.size()) << "one has yet to be sent it";
  // Nothing more is published.
  secure_.BecomeWritable();
  EXPECT_TRUE(secure_.Heard() == Frame(text));
  EXPECT_EQ(channel_.log_memory(), 0U);
}

TEST_F(TlsWriterTest, TheLogIsGivenBackWhenWhoNeedsItLeaves) {
  SecureWriter other(shard_, *contexts_, kSocket + 1);
  auto one = secure_->Subscribe(channel_);
  const auto two = other->Subscribe(channel_);
  shard_.network().LimitTo(kSocket, 1000);
  Publish(std::string(100'000, 'x'));
  shard_.Run();
  EXPECT_GT(channel_.log_memory(), 0U);
  one = nullptr;
  EXPECT_EQ(channel_.log_memory(), 0U);
}

TEST_F(TlsWriterTest, AFrameThatWasBegunIsFinishedAfterTheSubscription) {
  auto one = secure_->Subscribe(channel_);
  shard_.network().LimitTo(kSocket, 1000);
  const std::string text(100'000, 'x');
  Publish(text);
  Publish("never");
  shard_.Run();
  one = nullptr;
  secure_->WriteRegardless(Frame("last"));
  secure_.BecomeWritable();
  EXPECT_TRUE(secure_.Heard() == Frame(text) + Frame("last"));
}

TEST_F(TlsWriterTest, TheEndIsSaidWhenAllHasLeft) {
  ASSERT_TRUE(secure_->Write({.type = MessageType::kText, .payload = "own"}));
  EXPECT_FALSE(secure_->Finish());
  shard_.Run();
  EXPECT_FALSE(secure_->Finish());
  EXPECT_EQ(secure_.Heard(), Frame("own"));
  EXPECT_TRUE(secure_.peer().has_server_ended());
  EXPECT_TRUE(secure_->Finish());
}

TEST_F(TlsWriterTest, AFailureDropsWhatWaits) {
  auto one = secure_->Subscribe(channel_);
  Publish(std::string(100'000, 'x'));
  shard_.network().Break(kSocket, EPIPE);
  shard_.Run();
  EXPECT_TRUE(secure_.send_failed());
  EXPECT_EQ(secure_->tls()->output(), "");
  one = nullptr;
  EXPECT_TRUE(secure_->Finish());
}

}  // namespace
}  // namespace fanfare
