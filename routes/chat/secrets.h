// Names that nobody can guess.
#pragma once

#include <string>
#include <string_view>

namespace fanfare::chat {

// 128 bits of the kernel's random numbers, as 22 characters of A-Z a-z 0-9 - _.
std::string MakeSecret();

// Whether two texts are the same, in a time that tells nothing but whether their lengths are.
bool IsSameSecret(std::string_view a, std::string_view b);

}  // namespace fanfare::chat
