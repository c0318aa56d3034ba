// Asks the shards of a server something, and waits for what they say.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/server.h"
#include "core/shard.h"

namespace fanfare {

// How long one waits for the shards, which turn within milliseconds, and when a shard is given up
// at once: its timer goes off once a second. Meanwhile, nobody else is answered.
inline constexpr std::chrono::milliseconds kShardPatience{1000};
inline constexpr std::chrono::seconds kStuckShard{3};

template <typename Answer>
struct ShardAnswers {
  // One for each shard; nothing from one that did not answer in time.
  std::vector<std::optional<Answer>> of;

  // The numbers of those that did not.
  std::vector<std::size_t> Unanswered() const {
    std::vector<std::size_t> shards;
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (!of[i].has_value()) shards.push_back(i);
    }
    return shards;
  }
};

// Calls `ask` on every shard's own thread, with the shard's number. An answer that comes too late
// is dropped; what the call did stays done. So `ask` must hold what it uses.
//
// Thread: any but a shard's; the server must not end meanwhile.
template <typename Answer>
ShardAnswers<Answer> AskShards(const Server& server,
                               const std::function<Answer(Shard&, std::size_t)>& ask) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t left = 0;
    std::vector<std::optional<Answer>> of;
  };
  const auto waiting = std::make_shared<Waiting>();
  waiting->of.resize(server.shards());
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < server.shards(); ++i) {
    if (server.shard_list()[i]->SinceTick() < kStuckShard) asked.push_back(i);
  }
  waiting->left = asked.size();
  for (const std::size_t i : asked) {
    Shard& shard = *server.shard_list()[i];
    shard.Post([waiting, ask, i, &shard] {
      Answer answer = ask(shard, i);
      const std::lock_guard lock(waiting->mutex);
      waiting->of[i] = std::move(answer);
      if (--waiting->left == 0) waiting->done.notify_all();
    });
  }
  std::unique_lock lock(waiting->mutex);
  waiting->done.wait_for(lock, kShardPatience, [&] { return waiting->left == 0; });
  return {.of = std::exchange(waiting->of, std::vector<std::optional<Answer>>(server.shards()))};
}

}  // namespace fanfare
