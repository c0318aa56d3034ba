// Requests and responses, as Beast has them and as routes do.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "core/dispatch.h"
#include "core/endpoint.h"
#include "core/limits.h"
#include "core/net/net.h"
#include "core/request.h"
#include "core/stats.h"

namespace fanfare {

using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;

// Takes the body.
Request ToRequest(BeastRequest& from, const Endpoint& peer, bool is_tls);
// What all X-Forwarded-For headers say, in their order, with commas between them.
std::string ForwardedFor(const BeastRequest& request);

// The response to a request; null for bytes that are none.
BeastResponse ToBeast(const Response& response, const BeastRequest* request);
// Status line and headers.
std::string HeadOf(const BeastResponse& response);

// Counts a request that could not be read; gives the response to it, if the peer should have one.
std::optional<Response> ReadFailure(error_code ec, const Limits& limits, Stats& stats);

// Logs that a request was answered so; null is one that could not be read.
void LogAnswer(const std::string& peer, int status, const BeastRequest* request);

// Counts an opening handshake that this refuses.
void CountRefusedHandshake(Stats& stats, const Dispatch& dispatch);

// The refusal of a request that has no Host, or several (RFC 9112 section 3.2); nothing for others.
std::optional<Response> RefuseHosts(const BeastRequest& request);

// Refusals of connections, requests and sessions that are within no limit any more.
Response TooManyConnections();
Response TooManyRequests();
Response TooManySessions();
Response TooManyOfUser(std::size_t most);

// Tells of a page of another site that was refused.
void LogForeignPage(const Request& request);

}  // namespace fanfare
