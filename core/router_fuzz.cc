// Whatever target a request has, it finds a route or none.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/route.h"
#include "core/router.h"
#include "core/target.h"

namespace {

class AnyRoute final : public fanfare::Route {};

const fanfare::Router& TestRouter() {
  static const fanfare::Router* const kRouter = [] {
    static AnyRoute route;
    auto* router = new fanfare::Router();
    for (const char* pattern : {"/", "/chat", "/chat/{room}", "/chat/{room}/events", "/files/*",
                                "/{a}/{b}/{c}", "/café"}) {
      FANFARE_CHECK(router->Add(pattern, "any", route).ok(), "the pattern is a good one");
    }
    return router;
  }();
  return *kRouter;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = fanfare::ParseTarget(text);
  const fanfare::Router::Match match =
      TestRouter().Find(target.ok() ? std::string_view(target->path) : text);
  for (const auto& [name, value] : match.params) {
    FANFARE_CHECK(value.find('\0') == std::string_view::npos, "a parameter has no NUL");
  }
  return 0;
}
