#include "core/page/embedded_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace fanfare {
namespace {

constexpr std::array kFiles = {
    EmbeddedFile{"page/a.js", "text/javascript; charset=utf-8", "\"1\"", "a"},
    EmbeddedFile{"page/index.html", "text/html; charset=utf-8", "\"2\"", "<!doctype html>"},
};

std::string Header(const Response& response, std::string_view name) {
  const auto at = std::ranges::find_if(response.headers,
                                       [&](const auto& field) { return field.first == name; });
  return at == response.headers.end() ? "" : at->second;
}

TEST(EmbeddedFileTest, IsFoundByItsPathAlone) {
  EXPECT_EQ(FindFile(kFiles, "page/a.js"), &kFiles[0]);
  EXPECT_EQ(FindFile(kFiles, "page/index.html"), &kFiles[1]);
  for (const char* path : {"", "page", "page/", "page/a.jsx", "page/b.js", "a.js", "z"}) {
    EXPECT_EQ(FindFile(kFiles, path), nullptr) << path;
  }
}

TEST(EmbeddedFileTest, IsSentOnceAndHasAPolicy) {
  Request request;
  Response response = AnswerWithFile(request, &kFiles[1]);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(response.body, "<!doctype html>");
  EXPECT_EQ(Header(response, "ETag"), "\"2\"");
  EXPECT_EQ(Header(response, "Cache-Control"), "no-cache");
  EXPECT_NE(Header(response, "Content-Security-Policy").find("script-src 'self'"),
            std::string::npos);
  for (const char* tags : {"\"2\"", "W/\"2\"", "\"1\", \"2\"", "*"}) {
    request.headers = {{"If-None-Match", tags}};
    response = AnswerWithFile(request, &kFiles[1]);
    EXPECT_EQ(response.status, 304) << tags;
    EXPECT_EQ(response.body, "");
  }
  request.headers = {{"If-None-Match", "\"1\""}};
  EXPECT_EQ(AnswerWithFile(request, &kFiles[1]).status, 200);
}

TEST(EmbeddedFileTest, WhatIsNotThereIsNotFound) {
  const Response response = AnswerWithFile(Request(), nullptr);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
}

}  // namespace
}  // namespace fanfare
