#include "core/net/request_reader.h"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

namespace fanfare {

namespace http = beast::http;

Awaitable<error_code> ReadRequest(ByteStream& stream, beast::flat_buffer& buffer,
                                  RequestParser& parser, std::size_t header_bytes) {
  // The body behind it, later.
  parser.eager(false);
  std::size_t header_size = 0;
  while (!parser.is_done()) {
    error_code ec;
    if (buffer.size() > 0) {
      const bool is_in_header = !parser.is_header_done();
      const std::size_t parsed = parser.put(buffer.data(), ec);
      buffer.consume(parsed);
      // Beast's own limit lets several times as much pass if it comes at once.
      if (is_in_header) header_size += parsed;
      if (header_size > header_bytes) co_return http::error::header_limit;
      parser.eager(parser.is_header_done());
      if (!ec) continue;
      if (ec != http::error::need_more) co_return ec;
      if (buffer.size() > header_bytes) co_return http::error::header_limit;
    }
    ec = co_await stream.Read(buffer);
    if (ec == net::error::eof) {
      co_return parser.got_some() ? http::error::partial_message : http::error::end_of_stream;
    }
    if (ec) co_return ec;
  }
  co_return error_code();
}

}  // namespace fanfare
