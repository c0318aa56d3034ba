#include "core/net/byte_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace fanfare {
namespace {

// What is encrypted at a time, and so the memory that an answer takes once more.
constexpr std::size_t kEncryptBytes = 64 * 1024;
// Of a peer that only asks for something. Keys last for millions of records.
constexpr std::uint64_t kMostLateHandshakes = 16;

void Append(beast::flat_buffer& buffer, std::string_view bytes) {
  buffer.commit(net::buffer_copy(buffer.prepare(bytes.size()), net::buffer(bytes)));
}

}  // namespace

ByteStream::ByteStream(Socket socket, std::shared_ptr<const TlsContexts> tls,
                       std::span<char> scratch)
    : stream_(std::move(socket)), contexts_(std::move(tls)), scratch_(scratch) {}

Awaitable<ProxyHeader> ByteStream::ReadProxyHeader(error_code& ec) {
  ProxyHeader header;
  std::array<char, kReadBytes> bytes{};
  while (header.state == ProxyHeader::State::kIncomplete) {
    const auto [error, size] = co_await stream_.async_read_some(net::buffer(bytes), kTuple);
    ec = error;
    if (ec) break;
    unread_.append(bytes.data(), size);
    header = ParseProxyHeader(unread_);
  }
  if (header.state == ProxyHeader::State::kComplete) unread_.erase(0, header.size);
  co_return header;
}

std::size_t ByteStream::TakeUnread(net::mutable_buffer to) {
  const std::size_t bytes = net::buffer_copy(to, net::buffer(unread_));
  unread_.erase(0, bytes);
  return bytes;
}

Awaitable<error_code> ByteStream::Handshake(beast::flat_buffer& buffer) {
  error_code ec;
  while (contexts_ != nullptr && !ec) {
    ec = co_await ReadRecords(buffer);
    if (IsPlainHttp(ec)) tls_ = nullptr;
    if (ec || tls_->is_open()) contexts_ = nullptr;
  }
  co_return ec;
}

Awaitable<error_code> ByteStream::Read(beast::flat_buffer& buffer) {
  if (tls_ == nullptr) {
    const auto to = buffer.prepare(kReadBytes);
    if (!unread_.empty()) {
      buffer.commit(TakeUnread(to));
      co_return error_code();
    }
    const auto [ec, bytes] = co_await stream_.async_read_some(to, kTuple);
    buffer.commit(bytes);
    co_return ec;
  }
  const std::size_t before = buffer.size();
  error_code ec;
  while (!ec && buffer.size() == before) {
    if (tls_->has_peer_ended()) co_return net::error::eof;
    ec = co_await ReadRecords(buffer);
  }
  co_return ec;
}

Awaitable<error_code> ByteStream::ReadRecords(beast::flat_buffer& buffer) {
  // Not committed: in the buffer, it is ciphertext only until it has been decrypted.
  const auto to = buffer.prepare(kReadBytes);
  std::size_t bytes = TakeUnread(to);
  if (bytes == 0) {
    const auto [ec, received] = co_await stream_.async_read_some(to, kTuple);
    if (ec) co_return ec;
    bytes = received;
  }
  if (tls_ == nullptr) tls_ = std::make_unique<TlsSession>(*contexts_);
  error_code failure;
  Append(buffer, tls_->Decrypt({static_cast<const char*>(to.data()), bytes}, scratch_, failure));
  const error_code unsent = co_await SendOutput();
  if (!failure && tls_->late_handshakes() > kMostLateHandshakes) co_return TooManyKeyUpdates();
  co_return failure ? failure : unsent;
}

Awaitable<error_code> ByteStream::SendOutput() {
  const std::string_view output = tls_->output();
  if (output.empty()) co_return error_code();
  const auto [ec, bytes] = co_await net::async_write(stream_, net::buffer(output), kTuple);
  tls_->ConsumeOutput(bytes);
  co_return ec;
}

Awaitable<error_code> ByteStream::Write(std::string_view head, std::string_view body) {
  if (tls_ == nullptr) {
    const std::array<net::const_buffer, 2> both = {net::buffer(head), net::buffer(body)};
    const auto [ec, bytes] = co_await net::async_write(stream_, both, kTuple);
    co_return ec;
  }
  error_code ec;
  while (!ec && (!head.empty() || !body.empty())) {
    const std::string_view first = head;
    const std::string_view rest = body.substr(0, kEncryptBytes);
    head = {};
    body.remove_prefix(rest.size());
    const std::array<iovec, 2> pieces = {
        iovec{.iov_base = const_cast<char*>(first.data()), .iov_len = first.size()},
        iovec{.iov_base = const_cast<char*>(rest.data()), .iov_len = rest.size()}};
    if (!tls_->Encrypt(pieces)) co_return net::error::connection_aborted;
    ec = co_await SendOutput();
  }
  co_return ec;
}

Awaitable<void> ByteStream::Finish() {
  error_code ec;
  if (tls_ != nullptr) {
    tls_->EncryptEnd();
    ec = co_await SendOutput();
  }
  if (!ec) stream_.socket().shutdown(net::socket_base::shutdown_send, ec);
  std::array<char, kReadBytes> dropped{};
  while (!ec) {
    const auto [end, bytes] = co_await stream_.async_read_some(net::buffer(dropped), kTuple);
    ec = end;
  }
}

}  // namespace fanfare
