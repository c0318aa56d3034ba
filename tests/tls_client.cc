#include "tests/tls_client.h"

#include <boost/asio/write.hpp>
#include <stdexcept>

#include "core/testing/certificates.h"
#include "tests/test_server.h"

namespace fanfare::testing {

Config SecureConfig(const Limits& limits) {
  // Until the end of the process: the server may read it again.
  static const TemporaryFolder kFolder;
  static const TlsSettings::Certificate kFiles = kFolder.Write("a", MakeCertificate());
  Config config = LocalConfig(limits);
  config.file = kFolder.name() + "/server.json";
  config.listen = {"https://127.0.0.1:0"};
  config.tls.certificates = {kFiles};
  return config;
}

TlsClient::TlsClient(const Endpoint& server, std::string_view first, PeerSocket::Options options)
    : socket_(server, options) {
  net::write(socket_, net::buffer(first));
  peer_.Handshake();
  Flush();
  while (!peer_.is_open()) {
    peer_.Handshake(Receive());
    Flush();
  }
}

void TlsClient::Write(std::string_view plaintext) {
  peer_.Write(plaintext);
  Flush();
}

void TlsClient::Flush() {
  net::write(socket_, net::buffer(peer_.TakeOutput()));
}

std::string TlsClient::ReadUntil(std::string_view text) {
  while (heard_.find(text) == std::string::npos) heard_ += peer_.Read(Receive());
  const std::size_t end = heard_.find(text) + text.size();
  std::string taken = heard_.substr(0, end);
  heard_.erase(0, end);
  return taken;
}

std::string TlsClient::Receive() {
  std::string bytes(16 * 1024, '\0');
  error_code ec;
  bytes.resize(socket_.ReadSome(bytes.data(), bytes.size(), ec));
  if (ec) throw boost::system::system_error(ec);
  return bytes;
}

}  // namespace fanfare::testing
