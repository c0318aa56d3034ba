// The web page, as a browser asks for it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/raw_client.h"
#include "tests/test_server.h"

namespace fanfare::testing {
namespace {

class WebTest : public ::testing::Test {
 protected:
  // All on one connection, as a browser does.
  HttpReply Ask(std::string_view method, std::string_view path, std::string_view headers = "") {
    client_.Write(std::string(method) + " " + std::string(path) +
                  " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n");
    return client_.ReadReply(method == "HEAD");
  }

  TestServer server_;
  RawClient client_{server_.endpoint()};
};

TEST_F(WebTest, ThePageIsAtTheRoot) {
  for (const char* path : {"/", "/?from=elsewhere"}) {
    const HttpReply page = Ask("GET", path);
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.Header("Content-Length"), std::to_string(page.body.size()));
    EXPECT_EQ(page.Header("Cache-Control"), "no-cache");
    EXPECT_EQ(page.Header("X-Content-Type-Options"), "nosniff");
    EXPECT_NE(page.Header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
    EXPECT_NE(page.body.find("web/page/app.js"), std::string::npos);
  }
}

TEST_F(WebTest, WhatThePageNamesIsThere) {
  EXPECT_EQ(Ask("GET", "/web/page/app.js").Header("Content-Type"),
            "text/javascript; charset=utf-8");
  EXPECT_EQ(Ask("GET", "/web/page/base.css").Header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(Ask("GET", "/web/page/icon.svg").Header("Content-Type"), "image/svg+xml");
}

TEST_F(WebTest, NoOtherPathIsServed) {
  for (const char* path : {"/web", "/web/", "/web/page", "/web/page/nothing.js", "/index.html",
                           "/web/page/../web.cc", "/web/%2e%2e/web.cc", "//"}) {
    EXPECT_EQ(Ask("GET", path).status, 404U) << path;
  }
  const HttpReply post = Ask("POST", "/");
  EXPECT_EQ(post.status, 405U);
  EXPECT_EQ(post.Header("Allow"), "GET, HEAD");
}

TEST_F(WebTest, HeadIsGetWithoutTheBody) {
  const HttpReply get = Ask("GET", "/");
  const HttpReply head = Ask("HEAD", "/");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.headers, get.headers);
  EXPECT_EQ(head.body, "");
}

TEST_F(WebTest, WhatTheBrowserHasIsNotSentAgain) {
  const std::string tag = Ask("GET", "/").Header("ETag");
  for (const char* method : {"GET", "HEAD"}) {
    const HttpReply again = Ask(method, "/", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(again.status, 304U);
    EXPECT_EQ(again.Header("ETag"), tag);
    EXPECT_EQ(again.body, "");
    // It would be that of the page (RFC 9110 section 8.6).
    EXPECT_EQ(again.headers.find("Content-Length"), std::string::npos);
  }
  // The connection goes on.
  EXPECT_EQ(Ask("GET", "/", "If-None-Match: \"old\"\r\n").status, 200U);
}

}  // namespace
}  // namespace fanfare::testing
