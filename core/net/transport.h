// A connection's socket, and the session that a route has of it.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "core/access/frame_watch.h"
#include "core/auth/session_token.h"
#include "core/endpoint.h"
#include "core/event_log.h"
#include "core/fanout/socket_writer.h"
#include "core/net/net.h"
#include "core/net/poller.h"
#include "core/request.h"
#include "core/route.h"
#include "core/session.h"
#include "core/session_report.h"
#include "core/shard.h"
#include "core/tls/tls_session.h"
#include "core/unique_fd.h"

namespace fanfare {

class TransportHandle;

// What an HTTP session leaves to the session that it becomes.
struct TransportParts {
  Socket socket;
  // Null for one in plain text.
  std::unique_ptr<TlsSession> tls;
  OpenConnections::Permit permit;
  Endpoint peer;
  // As of the request, with the route that it found there.
  SharedGeneration generation;
  const Route* route = nullptr;
  // The name that it registered.
  std::string_view route_name;
  Admission admission = {};
};

// What connections have in common after their HTTP request, whatever is spoken on them: the socket,
// what is read from it and what leaves through its writer, the handler, timeouts, and the end.
//
// Thread: the shard's. Lifetime: from Begin to End it owns itself.
class Transport : public Session,
                  public Shard::Member,
                  protected Poller::Member,
                  protected SocketWriter::Owner,
                  public std::enable_shared_from_this<Transport> {
 public:
  Transport(TransportParts parts, Shard& shard, Format format);
  ~Transport() override;

  // Session.
  std::uint64_t id() const override { return id_; }
  const Endpoint& peer() const override { return peer_; }
  const Request& request() const override;
  const std::shared_ptr<const Identity>& identity() const override;
  absl::Status Renew(std::string_view token) override;
  void Send(Message message) override;
  Subscription Subscribe(Channel& channel) override;
  Subscription SubscribeFrom(Channel& channel, std::uint64_t offset) override;
  std::shared_ptr<SessionHandle> handle() override;

  // Shard::Member.
  void Cut() override;
  void OnTick() override;
  bool IsServedBy(const Generation& generation) const override;
  // None before its handler is opened.
  Session* session() override { return opened_ == 0 ? nullptr : this; }
  SessionReport Report() const override;

 protected:
  // Bytes that came; nothing else is read meanwhile.
  virtual void OnBytes(std::string_view bytes) = 0;
  // So many bytes came on the wire; what was in them has been told before.
  virtual void OnReceived(std::size_t) {}
  // The peer has closed its side.
  virtual void OnPeerDone() = 0;
  // Nothing was heard for half of the idle time; at the whole of it the connection ends.
  virtual void OnSilence() = 0;
  // It ends now, for this reason; for counters and the log.
  virtual void OnEnd(error_code ec) = 0;

  // Reads from now on.
  void Begin();
  // Opens the handler; what fails, and what is thrown, closes the session.
  using OpenFunction =
      absl::FunctionRef<absl::StatusOr<std::unique_ptr<Handler>>(Session& session)>;
  void OpenHandler(const Request& request, OpenFunction open);
  void CallHandler(absl::FunctionRef<void(Handler& handler)> call);
  // A message came.
  void CountReceived() { ++received_.messages; }
  // What came is so many frames of the message at hand, and so many that bring nothing. Closes the
  // session, and returns false, when these are more than they may be.
  bool CountFrames(std::size_t message_frames, std::uint64_t control_frames);
  // Tells the handler of the peer's close frame, on the turn in which it came.
  void TellPeerClosed(CloseCode code);
  // The session is over for its route, whoever closed it: its handler and subscriptions end.
  void BeginClosing();
  // From now, the rest may take as long as a handshake.
  void SetClosingDeadline();
  // Ends it now, for this reason. May destroy it.
  void End(error_code ec);

  // For peers that need not send anything: their silence counts from now.
  void ExpectNothingYet();

  void StopReading();
  void ResumeReading();
  void OnOutboxFull();
  // Runs it on a later turn, if the connection is there then.
  template <class Task>
  void Later(Task task) {
    shard_.Post([self = shared_from_this(), task = std::move(task)] { task(); });
  }

  // SocketWriter::Owner.
  void WaitWritable() override;
  void OnSendFailed() override;
  void OnFellBehind(std::optional<std::uint64_t> offset) override;
  void OnMissed(const std::string& channel, std::uint64_t messages) override;
  LogSubject subject() const override {
    return {.peer = name_, .session = id_, .route = route_stats_.route};
  }

  Shard& shard() { return shard_; }
  RouteStats& route_stats() { return route_stats_; }
  const Limits& limits() const { return generation_->limits(); }
  SocketWriter& writer() { return writer_; }
  Handler* handler() { return handler_.get(); }
  int socket() const { return socket_.get(); }
  bool closing() const { return closing_; }
  bool ended() const { return ended_; }

 private:
  // What operators are told later.
  void NoteOpened(const Request& request);
  void OnReady(std::uint32_t events) override;
  void ReadAndWrite(std::uint32_t events);
  // Something was thrown, which ends this connection alone.
  void Fail(const std::string& why);
  void Receive();
  void Decrypt(std::string_view ciphertext);
  // The session of TLS is broken.
  void FailTls(error_code ec);
  void Watch(std::uint32_t events);
  // Closes the session if the call throws.
  void TryCall(absl::FunctionRef<void(Handler& handler)> call);
  void HandlerFailed(const std::string& why);
  // Nobody reaches the session by it any more.
  void EndHandle();
  void CheckToken();

  Shard& shard_;
  // Holds the route, too.
  const SharedGeneration generation_;
  const Route& route_;
  OpenConnections::Permit permit_;
  const std::uint64_t id_;
  const Endpoint peer_;
  // When the handler was opened, as a Unix time; 0 before.
  std::uint32_t opened_ = 0;
  RouteStats& route_stats_;
  // The peer's address and port, for the log.
  const std::string name_;
  // Null where none is asked for.
  const std::unique_ptr<SessionToken> token_;
  // What the request was for. The path is null where it is the pattern.
  const Router::Entry* entry_ = nullptr;
  std::unique_ptr<char[]> path_;
  Tally received_;
  FrameWatch frames_;
  // Until the end.
  std::shared_ptr<Transport> self_;
  // While the handler is opened.
  const Request* request_ = nullptr;
  // Null until somebody asks for it.
  std::shared_ptr<TransportHandle> handle_;

  UniqueFd socket_;
  // What the poller watches for.
  std::uint32_t events_ = EPOLLIN;
  // The handler's part is over.
  bool closing_ = false;
  bool ended_ = false;
  // The peer has been silent, and that was said.
  bool was_silent_ = false;
  // When the peer was last heard of.
  Shard::Time heard_;
  // The clock's zero while there is none.
  Shard::Time closing_deadline_{};

  SocketWriter writer_;
  // Ends first: its subscriptions use the writer.
  std::unique_ptr<Handler> handler_;
};

}  // namespace fanfare
