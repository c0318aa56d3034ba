#include "core/testing/fake_shard.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/fanout/frame.h"

namespace fanfare::testing {
namespace {

int NextNumber() {
  static std::atomic<int> next{1};
  return next.fetch_add(1);
}

}  // namespace

class FakeNetwork::FakeEgress final : public Egress {
 public:
  explicit FakeEgress(FakeNetwork& network) : network_(network) {}

  void Send(std::span<SendOp> batch) override {
    for (SendOp& op : batch) op.result = SendOne(op);
  }
  std::string_view name() const override { return "fake"; }

 private:
  std::int64_t SendOne(const SendOp& op) {
    Socket& socket = network_.sockets_[op.socket];
    ++socket.sends;
    if (network_.fault_ && network_.fault_->sends-- == 0) {
      socket.error = network_.fault_->error;
      network_.fault_.reset();
    }
    if (socket.error != 0) return -socket.error;
    std::int64_t sent = 0;
    for (const iovec& piece : std::span(op.data, op.count)) {
      const std::size_t part = std::min(piece.iov_len, socket.room.value_or(piece.iov_len));
      socket.sent.append(static_cast<const char*>(piece.iov_base), part);
      if (socket.room) *socket.room -= part;
      sent += static_cast<std::int64_t>(part);
      if (part < piece.iov_len) break;
    }
    return sent == 0 ? -EAGAIN : sent;
  }

  FakeNetwork& network_;
};

void FakeNetwork::BreakAfter(std::size_t sends, int error) {
  fault_ = Fault{.sends = sends, .error = error};
}

std::unique_ptr<Egress> FakeNetwork::MakeEgress() {
  return std::make_unique<FakeEgress>(*this);
}

FakeShard::FakeShard(Fanout::Settings settings)
    : fanout_(
          network_.MakeEgress(),
          [this](std::function<void()> task) { tasks_.push_back(std::move(task)); }, settings,
          stats_) {
  fanout_.BindToThisThread();
}

bool FakeShard::RunOne() {
  if (tasks_.empty()) return false;
  const std::function<void()> task = std::move(tasks_.front());
  tasks_.pop_front();
  task();
  return true;
}

void FakeShard::Run() {
  while (RunOne()) {
  }
}

// Without other threads, there is nothing to wait for.
class FakeSession::Handle final : public SessionHandle {
 public:
  explicit Handle(FakeSession& session) : session_(&session) {}

  void Send(MessageType type, std::string payload) override {
    if (session_ != nullptr) session_->Send({.type = type, .payload = payload});
  }
  void Close(CloseCode code, std::string reason) override {
    if (session_ != nullptr) session_->Close(code, reason);
  }
  void SessionEnded() { session_ = nullptr; }

 private:
  FakeSession* session_;
};

FakeSession::FakeSession(FakeShard& shard, std::size_t outbox_bytes, Format format)
    : shard_(shard),
      id_(static_cast<std::uint64_t>(NextNumber())),
      peer_(boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(50000 + id_)),
      fake_socket_(static_cast<int>(id_)),
      writer_(shard.fanout(), *this, fake_socket_,
              {.outbox_bytes = outbox_bytes, .format = format}),
      format_(format) {}

FakeSession::~FakeSession() {
  if (handle_ != nullptr) handle_->SessionEnded();
  writer_.Close();
}

absl::Status FakeSession::Renew(std::string_view token) {
  if (identity_ == nullptr) return absl::FailedPreconditionError("no token is asked for here");
  if (token != renewal_.first) return absl::UnauthenticatedError("the token is wrong");
  set_identity(renewal_.second);
  return absl::OkStatus();
}

void FakeSession::Send(Message message) {
  if (closed_) return;
  if (!writer_.Write(message)) Close(CloseCode::kPolicyViolation, "outbox full");
}

void FakeSession::Close(CloseCode code, std::string_view reason) {
  if (closed_) return;
  closed_ = Closed{.code = code, .reason = std::string(reason)};
  writer_.EndSubscriptions();
}

void FakeSession::ReceiveClose(std::unique_ptr<Handler> handler, CloseCode code) {
  if (!closed_) {
    Close(code, "");
    handler->OnPeerClosed(code);
  }
  handler.reset();
}

Subscription FakeSession::Subscribe(Channel& channel) {
  if (closed_) return Subscription();
  return Subscription(writer_.Subscribe(channel));
}

Subscription FakeSession::SubscribeFrom(Channel& channel, std::uint64_t offset) {
  if (closed_) return Subscription();
  return Subscription(writer_.Subscribe(channel, offset));
}

std::shared_ptr<SessionHandle> FakeSession::handle() {
  if (handle_ == nullptr) handle_ = std::make_shared<Handle>(*this);
  return handle_;
}

std::vector<FakeSession::Received> FakeSession::Messages() {
  shard_.Run();
  const std::string& sent = shard_.network().sent(fake_socket_);
  std::vector<Received> messages;
  std::size_t at = 0;
  if (format_ == Format::kEventStream) {
    for (std::size_t end = sent.find("\n\n"); end != std::string::npos;
         end = sent.find("\n\n", at)) {
      messages.push_back({MessageType::kText, sent.substr(at, end + 2 - at)});
      at = end + 2;
    }
    return messages;
  }
  // A header that is cut can not be read; no frame is shorter than two bytes.
  while (at + 2 <= sent.size()) {
    std::string header = sent.substr(at, kMaxFrameHeaderBytes);
    header.resize(kMaxFrameHeaderBytes);
    const std::size_t bytes = ReadFrame(header.data()).bytes;
    if (at + bytes > sent.size()) break;
    const Frame frame = ReadFrame(sent.data() + at);
    messages.push_back({frame.message.type, std::string(frame.message.payload)});
    at += bytes;
  }
  return messages;
}

std::vector<std::string> FakeSession::Texts() {
  std::vector<std::string> texts;
  for (Received& message : Messages()) texts.push_back(std::move(message.payload));
  return texts;
}

void FakeSession::BecomeWritable() {
  shard_.network().Unlimit(fake_socket_);
  waits_ = false;
  writer_.OnWritable();
}

void FakeRouteContext::Advance(std::chrono::milliseconds time) {
  const std::chrono::milliseconds until = now_ + time;
  while (!tasks_.empty() && tasks_.begin()->first <= until) {
    const auto due = tasks_.extract(tasks_.begin());
    now_ = due.key();
    due.mapped()();
  }
  now_ = until;
}

std::unique_ptr<Route> MakeLinkedRoute(std::string_view name, RouteContext& context) {
  for (const RegisterRoute* route = RegisterRoute::first(); route != nullptr;
       route = route->next()) {
    if (route->name() == name) return *route->factory()(context);
  }
  return nullptr;
}

}  // namespace fanfare::testing
