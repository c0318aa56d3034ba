// The sessions of a server, as operators ask for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/request.h"
#include "core/server.h"
#include "core/session_report.h"
#include "core/shard.h"

namespace fanfare {

// A report that outlasts its session.
struct SessionRow {
  SessionRow(const SessionReport& from, std::size_t its_shard);

  // Without its texts.
  SessionReport report;
  std::string route;
  std::string pattern;
  std::string path;
  std::string user;
  std::size_t shard = 0;
};

// What comes first.
enum class SessionOrder { kId, kNewest, kLag, kOutbox, kSent, kReceived };

struct SessionQuery {
  // Of one answer.
  static constexpr std::size_t kMaxRows = 1000;
  static constexpr std::size_t kUsualRows = 100;

  // Of the query `route=&peer=&sort=&after=&limit=`; the error names what is wrong with it.
  static absl::StatusOr<SessionQuery> Parse(const Request& request, const Server& server);

  // The route's name, or the pattern; empty for all.
  std::string route;
  // What the peer's address and port begin with.
  std::string peer;
  SessionOrder order = SessionOrder::kId;
  // Of the orders by id: those that come behind this one.
  std::optional<std::uint64_t> after;
  std::size_t limit = kUsualRows;
};

// One look at each session of a shard: a fraction of a microsecond each, on the shard's thread.
Response ListSessions(const Server& server, const Request& request);
Response ShowSession(const Server& server, const Request& request);

// The shard's connection that is this session; null if it has none such. On the shard's thread.
Shard::Member* FindSession(const Shard& shard, std::uint64_t id);

// The number in a path's {id}.
absl::StatusOr<std::uint64_t> SessionIdOf(const Request& request);
// For a session that is not there, which is not sure while shards do not answer.
Response NoSuchSession(std::uint64_t id, const std::vector<std::size_t>& unanswered);

}  // namespace fanfare
