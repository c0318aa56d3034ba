// Accepts connections at one address, and gives them to shards.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/access/address_counts.h"
#include "core/endpoint.h"
#include "core/net/net.h"
#include "core/shard.h"

namespace fanfare {

// Listens at one address, and hands each connection to the shard that had the fewest when the
// listener began to wait for it. At `limits.connections` in all, a connection is answered with 503
// and closed; at `limits.connections_per_address` of its address, with 429. Where TLS is spoken, it
// is closed without an answer, which would take a handshake.
//
// When the process is out of descriptors or memory, accepting goes on a little later.
//
// Thread: that of the first shard, but for Open, OpenCopy and socket(). Lifetime: ends before the
// shards.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  // Binds and listens, at any free port for port 0. `shards` must outlive the listener. The error
  // is kAlreadyExists for a port that is in use, kNotFound for an address that this machine has
  // not.
  static absl::StatusOr<std::shared_ptr<Listener>> Open(
      const Endpoint& endpoint, const std::vector<std::unique_ptr<Shard>>& shards);
  // Listens at a copy of a socket that is bound and listens already, and goes on to do so when the
  // listener is closed: whoever connects then waits for the next who accepts there. Of two that
  // accept at copies of one socket, either may be given a connection.
  static absl::StatusOr<std::shared_ptr<Listener>> OpenCopy(
      int socket, const std::vector<std::unique_ptr<Shard>>& shards);
  ~Listener() { Close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Where it listens.
  const Endpoint& endpoint() const { return endpoint_; }
  // The same as a URL without a path: "https://127.0.0.1:8443".
  std::string Url() const;
  // For OpenCopy, until it is closed.
  int socket() { return acceptor_.native_handle(); }

  // Before Accept: TLS is spoken on its connections, with what their shard's generation has for it.
  void SpeakTls() { is_tls_ = true; }

  // Before Accept: is asked for a place where there is none, before somebody is refused; true if
  // there will be one.
  void OnFull(std::function<bool()> make_place) { make_place_ = std::move(make_place); }

  // Nothing happens if it is closed already.
  void Accept();
  // Accepts no more; who was accepted by then is still handed over.
  void Close();

 private:
  using Acceptor = net::basic_socket_acceptor<net::ip::tcp, Executor>;

  Listener(Acceptor acceptor, Endpoint endpoint, const std::vector<std::unique_ptr<Shard>>& shards);

  Shard& LeastLoaded() const;
  bool Full() const;
  // Among the connections of that address; nothing if there is none.
  std::optional<AddressCounts::Place> PlaceOf(const net::ip::address& address) const;
  void OnAccept(error_code ec, Socket socket, Shard& shard);
  // To the shard, or refuses it; and accepts the next.
  void HandOver(error_code ec, Socket socket, Shard& shard);
  void Refuse(Socket socket, std::string_view response);
  void AcceptLater(error_code ec);

  Acceptor acceptor_;
  const Endpoint endpoint_;
  bool is_tls_ = false;
  std::function<bool()> make_place_;
  // Of the connection that was accepted last.
  Endpoint peer_;
  const std::vector<std::unique_ptr<Shard>>& shards_;
  Timer retry_;
};

}  // namespace fanfare
