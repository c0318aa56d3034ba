#include "core/net/listener.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <chrono>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/event_log.h"
#include "core/net/http_session.h"
#include "core/unique_fd.h"

namespace fanfare {
namespace {

constexpr std::chrono::milliseconds kRetryAfter(100);

// The refusal of a connection that there is no place for. It is sent before anything is read: there
// is no place for that either.
std::string NoPlaceResponse(int status, std::string_view phrase, std::string_view what) {
  const std::string body = Refusal(status, what).body;
  return absl::StrCat("HTTP/1.1 ", status, " ", ToAbsl(phrase),
                      "\r\nServer: fanfare\r\nContent-Type: application/json\r\n"
                      "Retry-After: 5\r\nConnection: close\r\nContent-Length: ",
                      body.size(), "\r\n\r\n", body);
}

std::string_view FullResponse() {
  static const std::string kResponse =
      NoPlaceResponse(503, "Service Unavailable", "the server has as many connections as it may");
  return kResponse;
}

std::string_view AddressFullResponse() {
  static const std::string kResponse =
      NoPlaceResponse(429, "Too Many Requests", "this address has as many connections as it may");
  return kResponse;
}

void TellFull(const Endpoint& endpoint) {
  const std::string peer = ToString(endpoint);
  WriteLog(LogEvent::kRefused, {.about = {.peer = peer},
                                .text = "was refused: the server is full, by limits.connections",
                                .fields = {{"limit", "limits.connections"}}});
}

absl::StatusCode CodeOf(error_code ec) {
  if (ec == net::error::address_in_use) return absl::StatusCode::kAlreadyExists;
  // The second one: without IPv6 there are no IPv6 sockets either.
  const bool has_no_such_address = ec == boost::system::errc::address_not_available ||
                                   ec == net::error::address_family_not_supported;
  return has_no_such_address ? absl::StatusCode::kNotFound : absl::StatusCode::kUnavailable;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Listener>> Listener::Open(
    const Endpoint& endpoint, const std::vector<std::unique_ptr<Shard>>& shards) {
  Acceptor acceptor(shards.front()->context());
  error_code ec;
  const auto step = [&](auto&& action) {
    if (!ec) action();
  };
  step([&] { acceptor.open(endpoint.protocol(), ec); });
  step([&] { acceptor.set_option(net::socket_base::reuse_address(true), ec); });
  // The IPv4 address of the same port is a listener of its own.
  if (endpoint.address().is_v6()) {
    step([&] { acceptor.set_option(net::ip::v6_only(true), ec); });
  }
  step([&] { acceptor.bind(endpoint, ec); });
  step([&] { acceptor.listen(net::socket_base::max_listen_connections, ec); });
  Endpoint bound;
  step([&] { bound = acceptor.local_endpoint(ec); });
  if (ec) {
    return absl::Status(CodeOf(ec),
                        absl::StrCat("cannot listen on ", ToString(endpoint), ": ", ec.message()));
  }
  return std::shared_ptr<Listener>(new Listener(std::move(acceptor), bound, shards));
}

absl::StatusOr<std::shared_ptr<Listener>> Listener::OpenCopy(
    int socket, const std::vector<std::unique_ptr<Shard>>& shards) {
  UniqueFd copy(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (copy.get() < 0) return absl::ErrnoToStatus(errno, "cannot copy its socket");
  // Asio reads the address whatever version it is told.
  Acceptor acceptor(shards.front()->context());
  error_code ec;
  acceptor.assign(net::ip::tcp::v6(), copy.get(), ec);
  if (!ec) copy.Release();
  Endpoint bound;
  if (!ec) bound = acceptor.local_endpoint(ec);
  if (ec) return absl::UnavailableError(absl::StrCat("its socket: ", ec.message()));
  return std::shared_ptr<Listener>(new Listener(std::move(acceptor), bound, shards));
}

Listener::Listener(Acceptor acceptor, Endpoint endpoint,
                   const std::vector<std::unique_ptr<Shard>>& shards)
    : acceptor_(std::move(acceptor)),
      endpoint_(std::move(endpoint)),
      shards_(shards),
      retry_(acceptor_.get_executor()) {}

std::string Listener::Url() const {
  return (is_tls_ ? "https://" : "http://") + ToString(endpoint_);
}

void Listener::Accept() {
  if (!acceptor_.is_open()) return;
  Shard& shard = LeastLoaded();
  acceptor_.async_accept(shard.context(), peer_,
                         [this, self = shared_from_this(), &shard](error_code ec, Socket socket) {
                           OnAccept(ec, std::move(socket), shard);
                         });
}

void Listener::Close() {
  if (!acceptor_.is_open()) return;
  // Of a socket that is closed but has copies, Asio's reactor would still be told: so it is taken
  // from there first.
  error_code ignored;
  const UniqueFd socket(acceptor_.release(ignored));
  retry_.cancel();
}

Shard& Listener::LeastLoaded() const {
  const auto load = [](const std::unique_ptr<Shard>& shard) {
    return shard->open_connections().count();
  };
  return **std::min_element(shards_.begin(), shards_.end(),
                            [&](const auto& a, const auto& b) { return load(a) < load(b); });
}

bool Listener::Full() const {
  const std::size_t limit = shards_.front()->generation()->limits().connections;
  if (limit == 0) return false;
  std::size_t open = 0;
  for (const auto& shard : shards_) open += shard->open_connections().count();
  return open >= limit;
}

// Connections of a proxy are those of others, who are counted when it has said who they are.
std::optional<AddressCounts::Place> Listener::PlaceOf(const net::ip::address& address) const {
  Shard& shard = *shards_.front();
  if (shard.generation()->config().proxies.Contains(address)) return AddressCounts::Place();
  return shard.addresses().Connect(address);
}

void Listener::OnAccept(error_code ec, Socket socket, Shard& shard) {
  if (ec && !acceptor_.is_open()) return;
  try {
    HandOver(ec, std::move(socket), shard);
  } catch (const std::bad_alloc&) {
    AcceptLater(net::error::no_memory);
  }
}

void Listener::HandOver(error_code ec, Socket socket, Shard& shard) {
  if (ec) {
    // The peer was gone before we came to it: nothing is wrong here.
    if (ec == net::error::connection_aborted) return Accept();
    return AcceptLater(ec);
  }
  Stats& stats = shards_.front()->stats();
  if (Full() && (make_place_ == nullptr || !make_place_())) {
    stats.connections_refused.Add();
    TellFull(peer_);
    Refuse(std::move(socket), FullResponse());
    return Accept();
  }
  auto place = PlaceOf(peer_.address());
  if (!place) {
    stats.address_connections_refused.Add();
    Refuse(std::move(socket), AddressFullResponse());
    return Accept();
  }
  stats.connections_accepted.Add();
  error_code ignored;
  // A turn's messages leave together; none waits for the peer to acknowledge the one before.
  socket.set_option(net::ip::tcp::no_delay(true), ignored);
  // std::function wants to copy what it holds.
  auto handed = std::make_shared<std::pair<Socket, OpenConnections::Permit>>(
      std::move(socket), shard.open_connections().Acquire(*std::move(place)));
  shard.Post([&shard, handed, is_tls = is_tls_] {
    StartHttpSession(std::move(handed->first), is_tls, std::move(handed->second), shard);
  });
  Accept();
}

void Listener::Refuse(Socket socket, std::string_view response) {
  if (is_tls_) return;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(net::buffer(response), ignored);
  // What the peer has sent by now is read, so that closing does not reset the connection before the
  // peer has read the answer.
  char waste[4096];
  socket.read_some(net::buffer(waste), ignored);
  socket.shutdown(net::socket_base::shutdown_send, ignored);
}

void Listener::AcceptLater(error_code ec) {
  // Without descriptors or memory for a connection, trying again at once would only burn a core.
  const std::string address = ToString(endpoint_);
  const std::string text =
      absl::StrCat("cannot accept at ", address, ": ", ec.message(), "; trying again");
  WriteLog(LogEvent::kAcceptFailed, {.text = text, .fields = {{"address", address}}});
  retry_.expires_after(kRetryAfter);
  retry_.async_wait([this, self = shared_from_this()](error_code waited) {
    if (!waited) Accept();
  });
}

}  // namespace fanfare
