// The names of Asio and Beast that we use, and our types of them.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>
#include <chrono>

namespace fanfare {

namespace net = boost::asio;
namespace beast = boost::beast;
using boost::beast::error_code;

// Each shard has an io_context of its own, and its sockets know that type: no type-erased executor
// on the way of a message.
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<net::ip::tcp, Executor>;
using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace fanfare
