// The addresses for operators of a server in this process, and a client of theirs.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "core/admin/admin_server.h"
#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {

// Thread: any; each request has a connection of its own.
class AdminClient {
 public:
  explicit AdminClient(const Server& server, std::vector<std::string> hosts = {},
                       std::chrono::seconds stuck_after = kStuckAfter) {
    auto admin = AdminServer::Start(
        {.admin_listen = {"127.0.0.1:0"}, .admin_hosts = std::move(hosts)}, server, stuck_after);
    if (!admin.ok()) throw std::runtime_error(admin.status().ToString());
    admin_ = *std::move(admin);
  }

  Endpoint endpoint() const { return admin_->endpoints().front(); }

  HttpReply Get(const std::string& path, const std::string& host = "localhost") const {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }
  // POST, or another method that has a body. `headers` end with an end of line each.
  HttpReply Send(const std::string& path, const std::string& body,
                 const std::string& headers = "Content-Type: application/json\r\n",
                 const std::string& method = "POST") const {
    return Ask(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // Of an answer that must be 200, of all shards: a machine may be busy.
  nlohmann::json Json(const std::string& path) const {
    nlohmann::json json;
    const bool have_answered = WaitUntil([&] {
      const HttpReply reply = Get(path);
      if (reply.status != 200) throw std::runtime_error(path + ": " + reply.body);
      json = nlohmann::json::parse(reply.body);
      return !json.contains("unanswered_shards") || json["unanswered_shards"].empty();
    });
    if (!have_answered) throw std::runtime_error(path + ": not all shards have answered");
    return json;
  }

 private:
  HttpReply Ask(const std::string& request) const {
    RawClient client(endpoint());
    client.Write(request);
    return client.ReadReply();
  }

  std::unique_ptr<AdminServer> admin_;
};

}  // namespace fanfare::testing
