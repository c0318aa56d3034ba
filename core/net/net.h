// The names of Asio and Beast that we use, and our types of them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>

namespace fanfare {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::beast::error_code;

// Each shard has an io_context of its own, and its sockets know that type: no type-erased executor
// on the way of a message.
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<net::ip::tcp, Executor>;

}  // namespace fanfare
