// Whatever bytes a connection begins with, they are an opening handshake, another request, or
// neither; and each is answered as it should be.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "core/compat.h"
#include "core/dispatch.h"
#include "core/endpoint.h"
#include "core/net/http_messages.h"
#include "core/net/message_reader.h"
#include "core/net/net.h"
#include "core/origin.h"
#include "core/route.h"
#include "core/router.h"

namespace net = fanfare::net;
namespace http = fanfare::beast::http;

namespace {

class AnyRoute final : public fanfare::Route {
 public:
  std::vector<std::string> subprotocols() const override { return {"any.v1", "any.v2"}; }
  std::vector<std::string> http_methods() const override { return {"GET", "POST"}; }
  fanfare::Response Answer(const fanfare::Request& request) override {
    // As an event stream does.
    if (request.path.ends_with("/events")) {
      return {.open_stream = [](fanfare::Session&) {
        return absl::UnimplementedError("nobody opens it");
      }};
    }
    return {.body = request.body};
  }
};

const fanfare::Router& TestRouter() {
  static const fanfare::Router* const kRouter = [] {
    static AnyRoute route;
    auto* router = new fanfare::Router();
    for (const char* pattern : {"/", "/chat/{room}", "/chat/{room}/events"}) {
      FANFARE_CHECK(router->Add(pattern, "any", route).ok(), "the pattern is a good one");
    }
    return router;
  }();
  return *kRouter;
}

class AnswerSink final : public fanfare::MessageReader::Sink {
 public:
  bool OnWrite(std::string_view bytes) override {
    answer_.append(bytes);
    return true;
  }
  void OnCloseFrame() override {}
  bool OnMessage(fanfare::Message) override { return true; }

  const std::string& answer() const { return answer_; }

 private:
  std::string answer_;
};

// One head, and nothing of the peer's that looks like the end of it.
void CheckHead(std::string_view head) {
  FANFARE_CHECK(head.starts_with("HTTP/1.1 "), "it is a response");
  FANFARE_CHECK(head.find("\r\n\r\n") == head.size() - 4, "it has one end");
}

void Accept(const fanfare::BeastRequest& handshake, std::string_view subprotocol) {
  static net::io_context context;
  AnswerSink sink;
  fanfare::MessageReader reader(context, 4096);
  const auto ec = reader.Accept(handshake, subprotocol, sink);
  const bool is_switched = sink.answer().starts_with("HTTP/1.1 101 ");
  FANFARE_CHECK(is_switched == !ec, "who is let in is told so, and nobody else");
  const std::size_t end = sink.answer().find("\r\n\r\n");
  FANFARE_CHECK(end != std::string::npos, "it is answered");
  CheckHead(sink.answer().substr(0, end + 4));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(4096);
  parser.body_limit(4096);
  std::size_t done = 0;
  fanfare::error_code ec;
  while (!parser.is_done() && !ec && done < size) {
    done += parser.put(net::buffer(data + done, size - done), ec);
  }
  if (!parser.is_done()) return 0;

  fanfare::BeastRequest from = parser.release();
  const std::string target(fanfare::ToStd(from.target()));
  fanfare::Request request = fanfare::ToRequest(from, fanfare::Endpoint(), false);
  static const fanfare::OriginPolicy kOrigins;
  const fanfare::Dispatch dispatch =
      fanfare::DispatchRequest(TestRouter(), kOrigins, target, from.version(), request);
  if (dispatch.upgrade != nullptr) {
    Accept(from, request.subprotocol);
  } else {
    CheckHead(fanfare::HeadOf(fanfare::ToBeast(dispatch.response, &from)));
  }
  return 0;
}
