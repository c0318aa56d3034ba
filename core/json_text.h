// How errors show JSON: places in a document (`routes[0].options.max_rooms`) and values.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace fanfare {

// The path of an object's member. A key that would be misread there is quoted: `routes["a b"]`. The
// empty path is the whole document.
std::string MemberPath(std::string_view object, std::string_view key);

// The path of an array's element.
std::string ElementPath(std::string_view array, std::size_t index);

// A value, on one line and not long; an object or array by its type only.
std::string ShowJson(const nlohmann::json& value);

// "path: problem", or the problem alone when it is about the whole document.
std::string AtPath(std::string_view path, std::string_view problem);

}  // namespace fanfare
