// JSON that is written in base64url (RFC 4648 section 5), as in the parts of a JSON Web Token.
#pragma once

#include <cstddef>
#include <string_view>

namespace fanfare {

// Where in the text base64url begins of what begins as an object of JSON with members does: a brace
// and a quote, or white space between them; npos if nowhere. Of a brace and a quote, a letter
// must follow: `eyJ`. Time: linear.
std::size_t FindBase64Object(std::string_view text);

}  // namespace fanfare
