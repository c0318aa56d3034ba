// How often each address does something.
#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "absl/hash/hash.h"
#include "core/access/address_group.h"
#include "core/access/token_bucket.h"

namespace fanfare {

// A bucket of tokens for each address. An address is forgotten soon after its bucket is full again.
// There are `most` at a time: while so many are known, others are not limited, because against so
// many addresses at once no limit for each is of use.
//
// Thread: any.
class AddressRates {
 public:
  using Time = TokenBucket::Time;

  // A few megabytes.
  static constexpr std::size_t kMost = 65'536;

  explicit AddressRates(TokenRate rate, std::size_t most = kMost) : most_(most), rate_(rate) {}

  // From now on; who is in debt stays so for as long as before.
  void set_rate(TokenRate rate);
  // False if this address has used up its tokens.
  bool Take(const AddressGroup& group, Time now);
  // How many addresses are known.
  std::size_t addresses() const;

 private:
  void ForgetFull(Time now);

  const std::size_t most_;
  mutable std::mutex mutex_;
  TokenRate rate_;
  std::unordered_map<AddressGroup, TokenBucket, absl::Hash<AddressGroup>> buckets_;
  // Forgetting looks at all of them.
  Time forget_at_{};
};

}  // namespace fanfare
