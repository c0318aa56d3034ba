#include "bench/load_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/clock.h"
#include "bench/json_frames.h"
#include "bench/roster.h"

namespace fanfare::bench {
namespace {

// Of a message that nobody published, this much is quoted.
constexpr std::size_t kQuotedBytes = 100;

}  // namespace

absl::StatusOr<std::unique_ptr<LoadClient>> LoadClient::Connect(const LoadOptions& options) {
  if (options.publishers < 1 || options.publishers > options.connect.count) {
    return absl::InvalidArgumentError("publishers must be between 1 and the number of clients");
  }
  absl::StatusOr<std::vector<ClientSocket>> sockets = ConnectClients(options.connect);
  if (!sockets.ok()) {
    return sockets.status();
  }
  // Not make_unique: the constructor is private.
  std::unique_ptr<LoadClient> load(new LoadClient(options, *std::move(sockets)));
  return load;
}

LoadClient::LoadClient(const LoadOptions& options, std::vector<ClientSocket> sockets)
    : options_(options),
      format_(options.message_bytes),
      check_({.connections = sockets.size(),
              .publishers = static_cast<std::size_t>(options.publishers)}),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  clients_.reserve(sockets.size());
  for (ClientSocket& socket : sockets) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = clients_.size()}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.fd.get(), &event);
    check_.ExpectAll(clients_.size());
    clients_.push_back(
        {.fd = std::move(socket.fd), .stream = FrameStream(std::move(socket.received))});
  }
}

absl::StatusOr<LoadResult> LoadClient::Run(const Traffic& traffic) {
  traffic_ = traffic;
  result_ = LoadResult();
  left_to_publish_.assign(static_cast<std::size_t>(options_.publishers),
                          traffic.messages_per_publisher);
  const std::int64_t due =
      std::ssize(clients_) * options_.publishers * traffic.messages_per_publisher;
  const std::uint64_t start = Now();
  std::uint64_t last_delivery = start;
  absl::Status status = FillWindows();
  while (status.ok() && DeliveriesSoFar() < due) {
    const std::int64_t before = DeliveriesSoFar();
    status = Turn(options_.silence_limit);
    if (DeliveriesSoFar() > before) {
      last_delivery = Now();
    } else if (Now() - last_delivery >= Nanoseconds(options_.silence_limit)) {
      status.Update(absl::DeadlineExceededError(
          absl::StrCat("no delivery for ", options_.silence_limit.count(),
                       " ms: ", DeliveriesSoFar(), " of ", due)));
    }
    if (status.ok() && traffic_.pace == Traffic::Pace::kLockstep && check_.owed() == 0) {
      status = FillWindows();
    }
  }
  if (!status.ok()) {
    return status;
  }
  result_.nanoseconds = static_cast<std::int64_t>(Now() - start);
  result_.deliveries = DeliveriesSoFar();
  return result_;
}

absl::Status LoadClient::ExpectSilence(std::chrono::milliseconds duration) {
  result_ = LoadResult();
  left_to_publish_.assign(left_to_publish_.size(), 0);
  const std::uint64_t end = Now() + Nanoseconds(duration);
  absl::Status status;
  while (status.ok() && Now() < end) {
    status = Turn(duration);
  }
  if (status.ok() && DeliveriesSoFar() > 0) {
    return absl::DataLossError("messages came that nobody had sent");
  }
  return status;
}

absl::Status LoadClient::FillWindows() {
  absl::Status status;
  for (std::size_t publisher = 0; publisher < left_to_publish_.size(); ++publisher) {
    for (int i = 0; i < traffic_.window && status.ok(); ++i) {
      status = Publish(publisher);
    }
  }
  return status;
}

absl::Status LoadClient::Publish(std::size_t publisher) {
  if (left_to_publish_[publisher] == 0) {
    return absl::OkStatus();
  }
  --left_to_publish_[publisher];
  const Stamp stamp{.publisher = static_cast<std::uint16_t>(publisher),
                    .sequence = check_.Publish(publisher),
                    .sent_at = Now()};
  const std::string message = format_.Write(stamp);
  return Send(publisher, Opcode::kText,
              options_.json_room.empty()
                  ? message
                  : JsonPublish(options_.json_room, stamp.sequence, message));
}

absl::Status LoadClient::Send(std::size_t client, Opcode opcode, std::string_view payload) {
  outgoing_.clear();
  AppendClientFrame(opcode, payload, outgoing_);
  const ssize_t sent = ::send(clients_[client].fd.get(), outgoing_.data(), outgoing_.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent != std::ssize(outgoing_)) {
    // Windows are far smaller than socket buffers: a full one means that the server does not read.
    return absl::UnavailableError(absl::StrCat(
        "client ", client, " cannot send: ", sent < 0 ? std::strerror(errno) : "buffer full"));
  }
  return absl::OkStatus();
}

absl::Status LoadClient::Turn(std::chrono::milliseconds limit) {
  const int ready = ::epoll_wait(epoll_.get(), events_.data(), std::ssize(events_),
                                 static_cast<int>(limit.count()));
  absl::Status status;
  for (int i = 0; i < ready && status.ok(); ++i) {
    status = Receive(events_[static_cast<std::size_t>(i)].data.u64);
  }
  return status;
}

absl::Status LoadClient::Receive(std::size_t client) {
  FrameStream& stream = clients_[client].stream;
  absl::StatusOr<std::span<char>> bytes = stream.Receive(clients_[client].fd.get(), buffer_);
  if (!bytes.ok()) {
    return absl::UnavailableError(
        absl::StrCat("client ", client, " lost its connection: ", bytes.status().message()));
  }
  if (absl::Status taken = TakeFrames(client, *bytes, Now()); !taken.ok()) {
    return taken;
  }
  return stream.Keep(*bytes);
}

absl::Status LoadClient::TakeFrames(std::size_t client, std::span<char>& bytes, std::uint64_t now) {
  while (const std::optional<Frame> frame = ParseFrame(bytes)) {
    absl::Status status;
    if (frame->opcode == Opcode::kText) {
      status = TakeText(client, frame->payload, now);
    } else if (frame->opcode == Opcode::kPing) {
      status = Send(client, Opcode::kPong, frame->payload);
    } else if (frame->opcode != Opcode::kPong) {
      const absl::string_view payload(frame->payload.data(), frame->payload.size());
      status = absl::UnavailableError(absl::StrCat("client ", client, " got a frame of type ",
                                                   static_cast<int>(frame->opcode), ": ", payload));
    }
    if (!status.ok()) {
      return status;
    }
    bytes = bytes.subspan(frame->wire_bytes);
  }
  return absl::OkStatus();
}

absl::Status LoadClient::TakeText(std::size_t client, std::string_view payload, std::uint64_t now) {
  std::string_view message = payload;
  if (!options_.json_room.empty()) {
    const std::optional<std::string_view> text = JsonMessageText(payload);
    if (!text.has_value()) {
      return CheckJsonFrame(payload);
    }
    message = *text;
  }
  result_.payload_bytes += std::ssize(payload);
  return TakeMessage(client, message, now);
}

absl::Status LoadClient::TakeMessage(std::size_t client, std::string_view payload,
                                     std::uint64_t now) {
  const std::optional<Stamp> stamp = format_.Read(payload);
  if (!stamp.has_value()) {
    const std::string_view start = payload.substr(0, kQuotedBytes);
    return absl::DataLossError(absl::StrCat("client ", client, " got what nobody published: ",
                                            absl::string_view(start.data(), start.size())));
  }
  if (check_.Take(client, stamp->publisher, stamp->sequence) != Delivery::kDue) {
    return absl::DataLossError(absl::StrCat("client ", client, " got message ", stamp->sequence,
                                            " of publisher ", stamp->publisher,
                                            " out of turn: one was lost, doubled or overtaken"));
  }
  result_.latencies.Record(now - stamp->sent_at);
  if (client == stamp->publisher && traffic_.pace == Traffic::Pace::kPipelined) {
    return Publish(client);
  }
  return absl::OkStatus();
}

}  // namespace fanfare::bench
