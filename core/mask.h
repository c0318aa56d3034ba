// Takes secrets out of what the log shows.
#pragma once

#include <string>
#include <string_view>

namespace fanfare {

// The text, with `***` in place of what looks like a secret:
//
// - the value of whatever has one of these words in its name, in whatever case: token, key, secret,
//   password, passwd, authorization, cookie. Names and values are found in JSON (also in JSON that
//   is a string of other JSON, and in JSON that has no end), in queries and forms (also where they
//   are percent-encoded) and in headers, whose value is the rest of the line;
// - what follows `Bearer ` or `bearer.`;
// - whatever has the form of a JSON Web Token (RFC 7519): base64url of what begins as an object of
//   JSON does, with white space or without, and at least two dots; also with any first part, if the
//   second begins so; and what begins so and is cut off by the end of the text.
//
//   {"type":"resume","token":"***"}     GET /chat?token=***&name=Ada     Cookie: ***
//
// In doubt it hides more rather than less: a reaction's key, too. Time: linear. The text becomes
// at most twice as long, and shorter nearly always.
std::string MaskSecrets(std::string_view text);

}  // namespace fanfare
