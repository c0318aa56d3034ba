#include "core/net/request_reader.h"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

namespace fanfare {

namespace http = beast::http;

Awaitable<error_code> ReadRequest(ByteStream& stream, beast::flat_buffer& buffer,
                                  RequestParser& parser, std::size_t header_bytes) {
  parser.eager(true);
  while (!parser.is_done()) {
    error_code ec;
    if (buffer.size() > 0) {
      buffer.consume(parser.put(buffer.data(), ec));
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
