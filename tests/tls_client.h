// A client that speaks TLS, and says before and within it what it is told to.
#pragma once

#include <string>
#include <string_view>

#include "core/config.h"
#include "core/endpoint.h"
#include "core/testing/tls_peer.h"
#include "tests/peer_socket.h"

namespace fanfare::testing {

// The configuration of most tests, with TLS at its one address.
Config SecureConfig(const Limits& limits = {});

// A TLS connection on a socket. What goes wrong is thrown.
//
// Thread: one at a time.
class TlsClient {
 public:
  // Sends `first` in plain text, and then does the handshake.
  explicit TlsClient(const Endpoint& server, std::string_view first = "",
                     PeerSocket::Options options = {});

  void Write(std::string_view plaintext);
  // Reads up to and including that text; throws when the connection ends before.
  std::string ReadUntil(std::string_view text);

  TlsPeer& peer() { return peer_; }
  PeerSocket& socket() { return socket_; }
  // Sends what the peer has to send.
  void Flush();

 private:
  std::string Receive();

  PeerSocket socket_;
  TlsPeer peer_;
  std::string heard_;
};

}  // namespace fanfare::testing
