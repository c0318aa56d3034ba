// Serves the web page, whose files are a part of the program.

#include <string>
#include <string_view>
#include <vector>

#include "core/page/embedded_file.h"
#include "core/route.h"
#include "routes/web/files.h"

namespace fanfare {
namespace {

constexpr std::string_view kIndex = "page/index.html";

class WebRoute final : public Route {
 public:
  explicit WebRoute(RouteContext&) {}

  bool has_websocket() const override { return false; }
  std::vector<std::string> http_methods() const override { return {"GET"}; }

  // The page is at every pattern without a rest; a file is the rest of a pattern that ends with
  // `*`. So the page may be served at any path: what it names is beside it.
  Response Answer(const Request& request) override {
    const bool is_page = !request.pattern.ends_with('*');
    return AnswerWithFile(request, FindFile(WebFiles(), is_page ? kIndex : request.Param("*")));
  }
};

const RegisterRoute kWeb("web", {"/", "/web/*"}, MakeRoute<WebRoute>);

}  // namespace
}  // namespace fanfare
