#include "core/admin/sessions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/admin/ask_shards.h"
#include "core/admin/json_answer.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/log_text.h"
#include "core/shard.h"

namespace fanfare {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMaxShownBytes = 64;

constexpr std::array<std::pair<std::string_view, SessionOrder>, 6> kOrders = {{
    {"id", SessionOrder::kId},
    {"newest", SessionOrder::kNewest},
    {"lag", SessionOrder::kLag},
    {"outbox", SessionOrder::kOutbox},
    {"sent", SessionOrder::kSent},
    {"received", SessionOrder::kReceived},
}};

bool IsById(SessionOrder order) {
  return order == SessionOrder::kId || order == SessionOrder::kNewest;
}

// The greatest comes first.
std::uint64_t RankOf(const SessionReport& report, SessionOrder order) {
  switch (order) {
    case SessionOrder::kId:
      return std::numeric_limits<std::uint64_t>::max() - report.id;
    case SessionOrder::kNewest:
      return report.id;
    case SessionOrder::kLag:
      return report.lag_bytes;
    case SessionOrder::kOutbox:
      return report.outbox_bytes;
    case SessionOrder::kSent:
      return report.sent.bytes;
    case SessionOrder::kReceived:
      return report.received.bytes;
  }
  return 0;
}

bool Fits(const SessionReport& report, const SessionQuery& query) {
  if (!query.route.empty() && query.route != report.route && query.route != report.pattern) {
    return false;
  }
  return query.peer.empty() || ToString(report.peer).starts_with(query.peer);
}

bool IsBehind(const SessionReport& report, const SessionQuery& query) {
  if (!query.after) return true;
  return query.order == SessionOrder::kId ? report.id > *query.after : report.id < *query.after;
}

struct Page {
  // Of all that fit, on this page or not.
  std::size_t total = 0;
  // As many as the limit, and one more if there are more.
  std::vector<SessionRow> rows;
};

struct Candidate {
  std::uint64_t rank;
  std::uint64_t id;
  const Shard::Member* member;

  bool operator<(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : id < other.id;
  }
};

// On the shard's thread.
Page ReadShard(Shard& shard, std::size_t number, const SessionQuery& query) {
  Page page;
  const std::size_t most = query.limit + 1;
  std::vector<Candidate> found;
  const auto keep_first = [&] {
    if (found.size() <= most) return;
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(found.begin(), end, found.end());
    found.erase(end, found.end());
  };
  for (Shard::Member* member : shard.members()) {
    if (member->session() == nullptr) continue;
    const SessionReport report = member->Report();
    if (!Fits(report, query)) continue;
    ++page.total;
    if (!IsBehind(report, query)) continue;
    found.push_back({.rank = RankOf(report, query.order), .id = report.id, .member = member});
    if (found.size() >= 2 * most) keep_first();
  }
  keep_first();
  for (const Candidate& candidate : found) {
    page.rows.emplace_back(candidate.member->Report(), number);
  }
  return page;
}

ordered_json ToJson(const Tally& tally) {
  return {{"messages", tally.messages}, {"bytes", tally.bytes}};
}

ordered_json ToJson(const SessionRow& row) {
  const SessionReport& report = row.report;
  const auto age = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
                   std::chrono::floor<std::chrono::seconds>(report.opened);
  return {{"id", report.id},
          {"shard", row.shard},
          {"peer", ToString(report.peer)},
          {"route", row.route},
          {"pattern", row.pattern},
          {"path", row.path},
          {"protocol", report.format == Format::kEventStream ? "event_stream" : "websocket"},
          {"user", row.user.empty() ? ordered_json() : ordered_json(row.user)},
          {"state", report.is_closing ? "closing" : "open"},
          {"opened", TimeText(report.opened)},
          {"age_seconds", std::max<std::int64_t>(age.count(), 0)},
          {"received", ToJson(report.received)},
          {"sent", ToJson(report.sent)},
          {"lag_bytes", report.lag_bytes},
          {"outbox_bytes", report.outbox_bytes}};
}

}  // namespace

SessionRow::SessionRow(const SessionReport& from, std::size_t its_shard)
    : report(from),
      route(from.route),
      pattern(from.pattern),
      path(from.path),
      user(from.user),
      shard(its_shard) {
  report.route = report.pattern = report.path = report.user = {};
}

absl::StatusOr<SessionQuery> SessionQuery::Parse(const Request& request, const Server& server) {
  SessionQuery query;
  query.peer = std::string(request.Query("peer"));
  query.route = std::string(request.Query("route"));
  // Sessions of routes that a reload has replaced may still be there, but are of no name then.
  const SharedGeneration generation = server.generation();
  const bool is_known =
      query.route.empty() ||
      std::ranges::any_of(generation->router().entries(), [&](const Router::Entry& entry) {
        return entry.name == query.route || entry.pattern == query.route;
      });
  if (!is_known) {
    return absl::InvalidArgumentError(
        absl::StrCat("route: ", QuoteForLog(query.route, kMaxShownBytes),
                     " is neither a route's name nor a pattern; see /routes"));
  }
  if (const std::string_view sort = request.Query("sort"); !sort.empty()) {
    const auto* const order =
        std::ranges::find(kOrders, sort, [](const auto& pair) { return pair.first; });
    if (order == kOrders.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("sort: expected id, newest, lag, outbox, sent or received, got ",
                       QuoteForLog(sort, kMaxShownBytes)));
    }
    query.order = order->second;
  }
  const auto limit = NumberOf(request, "limit", {1, kMaxRows}, kUsualRows);
  if (!limit.ok()) return limit.status();
  query.limit = *limit;
  if (request.Query("after").empty()) return query;
  const auto after = NumberOf(request, "after", {0, std::numeric_limits<std::int64_t>::max()}, 0);
  if (!after.ok()) return after.status();
  if (!IsById(query.order)) {
    return absl::InvalidArgumentError(
        "after: only with sort=id or sort=newest; in other orders, sessions change their places");
  }
  query.after = *after;
  return query;
}

Response ListSessions(const Server& server, const Request& request) {
  const auto query = SessionQuery::Parse(request, server);
  if (!query.ok()) return BadRequest(query.status());
  auto answers = AskShards<Page>(server, [query = *query](Shard& shard, std::size_t number) {
    return ReadShard(shard, number, query);
  });
  std::size_t total = 0;
  std::vector<SessionRow> rows;
  for (std::optional<Page>& page : answers.of) {
    if (!page) continue;
    total += page->total;
    rows.insert(rows.end(), std::move_iterator(page->rows.begin()),
                std::move_iterator(page->rows.end()));
  }
  std::ranges::sort(rows, [order = query->order](const SessionRow& a, const SessionRow& b) {
    const auto key = [order](const SessionRow& row) {
      return Candidate{RankOf(row.report, order), row.report.id, nullptr};
    };
    return key(a) < key(b);
  });
  const bool has_more = rows.size() > query->limit;
  if (has_more) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(query->limit), rows.end());
  ordered_json sessions = ordered_json::array();
  for (const SessionRow& row : rows) sessions.push_back(ToJson(row));
  ordered_json answer = {{"sessions", std::move(sessions)},
                         {"total", total},
                         {"next", nullptr},
                         {"unanswered_shards", answers.Unanswered()}};
  if (has_more && IsById(query->order)) answer["next"] = rows.back().report.id;
  return JsonAnswer(answer);
}

Response ShowSession(const Server& server, const Request& request) {
  const auto id = SessionIdOf(request);
  if (!id.ok()) return BadRequest(id.status());
  using Found = std::optional<SessionRow>;
  const auto answers =
      AskShards<Found>(server, [id = *id](Shard& shard, std::size_t number) -> Found {
        const Shard::Member* const member = FindSession(shard, id);
        if (member == nullptr) return std::nullopt;
        return SessionRow(member->Report(), number);
      });
  for (const std::optional<Found>& answer : answers.of) {
    if (answer && *answer) return JsonAnswer(ToJson(**answer));
  }
  return NoSuchSession(*id, answers.Unanswered());
}

Shard::Member* FindSession(const Shard& shard, std::uint64_t id) {
  for (Shard::Member* member : shard.members()) {
    const Session* const session = member->session();
    if (session != nullptr && session->id() == id) return member;
  }
  return nullptr;
}

absl::StatusOr<std::uint64_t> SessionIdOf(const Request& request) {
  const std::string_view text = request.Param("id");
  std::uint64_t id = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error == std::errc() && rest == text.data() + text.size()) return id;
  return absl::InvalidArgumentError(
      absl::StrCat("id: expected a session's number, got ", QuoteForLog(text, kMaxShownBytes)));
}

Response NoSuchSession(std::uint64_t id, const std::vector<std::size_t>& unanswered) {
  if (unanswered.empty()) return Refusal(404, absl::StrCat("there is no session ", id));
  return JsonAnswer({{"error", "a shard has not answered, which may have that session"},
                     {"status", 503},
                     {"unanswered_shards", unanswered}},
                    503);
}

}  // namespace fanfare
