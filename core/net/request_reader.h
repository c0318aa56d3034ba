// Reads an HTTP request from a byte stream.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/limits.h"
#include "core/net/byte_stream.h"
#include "core/net/net.h"

namespace fanfare {

using RequestParser = beast::http::request_parser<beast::http::string_body>;

// Reads until the request is complete; what comes behind it stays in the buffer. The errors are
// those of the stream and of Beast's parser, and http::error::end_of_stream if the peer closes its
// side before the first byte.
//
// What can not be parsed before more has come is bounded by limits.header_bytes, too: a line of a
// chunked body, or the fields behind it.
Awaitable<error_code> ReadRequest(ByteStream& stream, beast::flat_buffer& buffer,
                                  RequestParser& parser, std::size_t header_bytes);

}  // namespace fanfare
