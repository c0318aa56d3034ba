#include "core/strict_json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/json_text.h"
#include "core/utf8.h"

namespace fanfare {
namespace {

using nlohmann::json;

// Far more than a configuration needs.
constexpr std::size_t kMaxDepth = 32;

// The library's messages repeat the last token, which may be as long as the text.
constexpr std::size_t kMaxExplanation = 256;

// "line 3, column 7", counted in characters from 1, of the byte at this offset.
std::string Position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto column = std::ranges::count_if(before.substr(line_start), [](char c) {
    // The continuation bytes of UTF-8 are no characters of their own.
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  return absl::StrCat("line ", line, ", column ", column + 1);
}

// The library's message without its own name and position: "[json.exception.parse_error.101] parse
// error at line 1, column 2: syntax error ...".
std::string Explanation(std::string_view what) {
  if (const std::size_t end = what.find("] "); what.starts_with("[json.exception.")) {
    what.remove_prefix(end == std::string_view::npos ? 0 : end + 2);
  }
  if (what.starts_with("parse error")) {
    if (const std::size_t end = what.find(": "); end != std::string_view::npos) {
      what.remove_prefix(end + 2);
    }
  }
  return std::string(CutUtf8(what, kMaxExplanation));
}

// Listens to the parser, and stops it at the first error.
class Checker : public nlohmann::json_sax<json> {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return CountElement(); }
  bool boolean(bool) override { return CountElement(); }
  bool number_integer(number_integer_t) override { return CountElement(); }
  bool number_unsigned(number_unsigned_t) override { return CountElement(); }
  bool number_float(number_float_t, const string_t&) override { return CountElement(); }
  bool string(string_t&) override { return CountElement(); }
  bool binary(binary_t&) override { return CountElement(); }

  bool start_object(std::size_t) override { return Enter({.is_object = true}); }
  bool start_array(std::size_t) override { return Enter({}); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    if (level.keys.insert(name).second) return true;
    return Fail(AtPath(Path(), "this key occurs twice in its object"));
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // The position is that of the last byte read, counted from 1; at the end of the text it is one
    // more than there are.
    const std::size_t offset = std::min(position == 0 ? 0 : position - 1, text_.size());
    return Fail(absl::StrCat(Position(text_, offset), ": ", Explanation(error.what())));
  }

 private:
  // An object or array that the parser is in, and where in it.
  struct Level {
    bool is_object = false;
    std::string key = {};
    std::set<std::string> keys = {};
    std::size_t elements = 0;
  };

  bool CountElement() {
    if (!levels_.empty()) ++levels_.back().elements;
    return true;
  }

  bool Enter(Level level) {
    if (levels_.size() == kMaxDepth) {
      return Fail(AtPath(Path(), absl::StrCat("nested too deep; at most ", kMaxDepth,
                                              " objects and arrays may be inside each other")));
    }
    levels_.push_back(std::move(level));
    return true;
  }

  // An object or array is counted when it ends, so that inside it the count is its own index.
  bool Leave() {
    levels_.pop_back();
    return CountElement();
  }

  // The path of the value that comes next.
  std::string Path() const {
    std::string path;
    for (const Level& level : levels_) {
      path = level.is_object ? MemberPath(path, level.key) : ElementPath(path, level.elements);
    }
    return path;
  }

  bool Fail(const std::string& problem) {
    status_ = absl::InvalidArgumentError(problem);
    return false;
  }

  std::string_view text_;
  std::vector<Level> levels_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<json> ParseStrictJson(std::string_view text, JsonComments comments) {
  constexpr bool kStrict = true;
  constexpr bool kThrow = false;
  const bool has_comments = comments == JsonComments::kAllowed;

  Checker checker(text);
  if (!json::sax_parse(text, &checker, json::input_format_t::json, kStrict, has_comments)) {
    return checker.status();
  }
  return json::parse(text, nullptr, kThrow, has_comments);
}

}  // namespace fanfare
