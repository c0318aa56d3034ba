#include "routes/chat/time_text.h"

#include <cstddef>

namespace fanfare::chat {
namespace {

// Writes a number over the end of `text`, before `end`.
void Overwrite(std::string& text, std::size_t end, int width, unsigned number) {
  for (int i = 0; i < width; ++i, number /= 10) {
    text[--end] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

// Digit by digit: every message has its time, and with printf it was a third of what a message's
// JSON cost.
std::string TimeText(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  std::string text = "0000-00-00T00:00:00.000Z";
  Overwrite(text, 4, 4, static_cast<unsigned>(int{date.year()}));
  Overwrite(text, 7, 2, unsigned{date.month()});
  Overwrite(text, 10, 2, unsigned{date.day()});
  Overwrite(text, 13, 2, static_cast<unsigned>(clock.hours().count()));
  Overwrite(text, 16, 2, static_cast<unsigned>(clock.minutes().count()));
  Overwrite(text, 19, 2, static_cast<unsigned>(clock.seconds().count()));
  Overwrite(text, 23, 3, static_cast<unsigned>(clock.subseconds().count()));
  return text;
}

}  // namespace fanfare::chat
