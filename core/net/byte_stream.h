// The bytes of a connection during its HTTP requests, in plain text or through TLS.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/endpoint.h"
#include "core/net/net.h"
#include "core/net/proxy_protocol.h"
#include "core/tls/tls_contexts.h"
#include "core/tls/tls_session.h"

namespace fanfare {

template <typename T>
using Awaitable = net::awaitable<T, Executor>;
inline constexpr auto kTuple = net::as_tuple(net::use_awaitable_t<Executor>());

// Reads and writes until the connection becomes something else, which takes its socket and its
// session of TLS with it. Whatever lasts beyond the time that was set ends with
// beast::error::timeout.
//
// Thread: one. One operation at a time, but for Close.
class ByteStream {
 public:
  // `tls` is null for plain text. `scratch` is used within calls only, and is as large as
  // TlsSession::Decrypt wants it for kReadBytes.
  ByteStream(Socket socket, std::shared_ptr<const TlsContexts> tls, std::span<char> scratch);

  // From now on, for all that follows.
  void ExpiresAfter(std::chrono::steady_clock::duration time) { stream_.expires_after(time); }

  // Before all else: what a proxy says, in plain text also where TLS follows. One that is
  // incomplete comes with an error.
  Awaitable<ProxyHeader> ReadProxyHeader(error_code& ec);
  // That of TLS; nothing for plain text. What comes behind it is appended to the buffer. After an
  // error that says that the peer does not speak TLS (IsPlainHttp), plain text can be written.
  Awaitable<error_code> Handshake(beast::flat_buffer& buffer);
  // Appends some of what comes to the buffer: a byte at least.
  Awaitable<error_code> Read(beast::flat_buffer& buffer);
  // Writes both, one after the other.
  Awaitable<error_code> Write(std::string_view head, std::string_view body);
  // Says that nothing more comes, and reads what the peer still sends until it closes its side.
  // (Closing with bytes unread would make the kernel reset the connection, and the peer might never
  // see what was written.)
  Awaitable<void> Finish();
  // Ends it at once; what goes on ends with an error.
  void Close() { stream_.close(); }

  Endpoint PeerAddress(error_code& ec) { return stream_.socket().remote_endpoint(ec); }
  Socket ReleaseSocket() { return stream_.release_socket(); }
  std::unique_ptr<TlsSession> ReleaseTls() { return std::move(tls_); }

  static constexpr std::size_t kReadBytes = 4096;

 private:
  // What was read beyond a proxy's header, as much as there is room for.
  std::size_t TakeUnread(net::mutable_buffer to);
  // Reads and decrypts once, which may bring no plaintext.
  Awaitable<error_code> ReadRecords(beast::flat_buffer& buffer);
  Awaitable<error_code> SendOutput();

  beast::basic_stream<net::ip::tcp, Executor> stream_;
  // Null where there is no handshake to be done (any more).
  std::shared_ptr<const TlsContexts> contexts_;
  // Made when the peer says something.
  std::unique_ptr<TlsSession> tls_;
  const std::span<char> scratch_;
  // It comes before what the socket has.
  std::string unread_;
};

}  // namespace fanfare
