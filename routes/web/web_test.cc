#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "core/route.h"
#include "core/testing/fake_shard.h"
#include "routes/web/files.h"

namespace fanfare {
namespace {

class WebTest : public ::testing::Test {
 protected:
  WebTest() : web_(testing::MakeLinkedRoute("web", context_)) {}

  Response Page(const Request::Fields& headers = {}) {
    Request request;
    request.pattern = "/";
    request.headers = headers;
    return web_->Answer(request);
  }
  Response At(const std::string& path, const Request::Fields& headers = {}) {
    Request request;
    request.pattern = "/web/*";
    request.params = {{"*", path}};
    request.headers = headers;
    return web_->Answer(request);
  }
  static std::string Header(const Response& response, std::string_view name) {
    Request::Fields::const_iterator at = std::ranges::find(
        response.headers, name, [](const auto& field) { return std::string_view(field.first); });
    return at == response.headers.end() ? "" : at->second;
  }

  testing::FakeRouteContext context_;
  const std::unique_ptr<Route> web_;
};

TEST_F(WebTest, EveryFileIsServedByItsPathWithItsTypeAndItsTag) {
  std::set<std::string_view> tags;
  for (const EmbeddedFile& file : WebFiles()) {
    const Response response = At(std::string(file.path));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, file.body);
    EXPECT_FALSE(file.body.empty()) << file.path;
    const std::string_view type = file.path.ends_with(".js")     ? "text/javascript; charset=utf-8"
                                  : file.path.ends_with(".css")  ? "text/css; charset=utf-8"
                                  : file.path.ends_with(".json") ? "application/json"
                                  : file.path.ends_with(".svg")  ? "image/svg+xml"
                                                                 : "text/html; charset=utf-8";
    EXPECT_EQ(response.content_type, type) << file.path;
    const std::string tag = Header(response, "ETag");
    // 128 bits in quotes, and no weak one.
    EXPECT_EQ(tag.size(), 34U);
    EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"')) << tag;
    tags.insert(file.etag);
  }
  EXPECT_EQ(tags.size(), WebFiles().size());
  EXPECT_GT(tags.size(), 1U);
}

TEST_F(WebTest, ThePageIsAtAPatternWithoutARest) {
  const Response page = Page();
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(page.body.starts_with("<!doctype html>")) << page.body.substr(0, 20);
  EXPECT_EQ(page.body, At("page/index.html").body);
}

TEST_F(WebTest, ThereIsNothingElse) {
  for (const char* path : {"", "page", "page/", "page/nothing.js", "/page/index.html",
                           "page/index.htm", "page/index.html/", "web.cc", "zzz"}) {
    const Response response = At(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
    EXPECT_NE(Header(response, "Content-Security-Policy"), "");
  }
}

TEST_F(WebTest, WhatTheClientHasIsNotSentAgain) {
  const std::string tag = Header(Page(), "ETag");
  for (const std::string& value :
       {tag, "W/" + tag, "\"other\", " + tag, "\"other\" ,W/" + tag + " ", std::string("*")}) {
    const Response response = Page({{"if-none-match", value}});
    EXPECT_EQ(response.status, 304) << value;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(Header(response, "ETag"), tag);
    EXPECT_EQ(Header(response, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(Page({{"If-None-Match", "\"a\""}, {"If-None-Match", tag}}).status, 304);
}

TEST_F(WebTest, WhatTheClientDoesNotHaveIsSent) {
  const std::string tag = Header(Page(), "ETag");
  for (const std::string& value : {std::string("\"other\""), tag.substr(1), "w/" + tag, tag + "x",
                                   std::string(), "x*" + tag}) {
    EXPECT_EQ(Page({{"If-None-Match", value}}).status, 200) << value;
  }
  const std::string other = Header(At("page/theme.js"), "ETag");
  EXPECT_EQ(Page({{"If-None-Match", other}}).status, 200);
}

TEST_F(WebTest, NothingFromElsewhereRuns) {
  for (const Response& response : {Page(), At("page/theme.js"), At("nothing")}) {
    const std::string policy = Header(response, "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; ")) << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(policy.find("http"), std::string::npos);
    EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(Header(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(Header(response, "Cross-Origin-Opener-Policy"), "same-origin");
  }
}

TEST_F(WebTest, ItSpeaksNoWebSocket) {
  EXPECT_FALSE(web_->has_websocket());
  EXPECT_EQ(web_->http_methods(), std::vector<std::string>{"GET"});
}

}  // namespace
}  // namespace fanfare
