#include "routes/chat/requests.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace fanfare::chat {
namespace {

// A request of this type.
template <typename What>
What Decode(std::string_view frame) {
  const auto decoded = DecodeRequest(frame);
  if (const auto* bad = std::get_if<BadRequest>(&decoded)) {
    ADD_FAILURE() << frame << ": " << bad->error.message;
    return {};
  }
  const auto& request = std::get<ChatRequest>(decoded);
  EXPECT_TRUE(std::holds_alternative<What>(request.what)) << frame;
  return std::holds_alternative<What>(request.what) ? std::get<What>(request.what) : What{};
}

BadRequest Refused(std::string_view frame) {
  auto decoded = DecodeRequest(frame);
  if (auto* bad = std::get_if<BadRequest>(&decoded)) return std::move(*bad);
  ADD_FAILURE() << frame << " is not refused";
  return {.error = {.code = ErrorCode::kBadJson, .message = ""}};
}

std::string PublishOf(std::string_view members) {
  return R"({"type":"publish","id":"1","room":"r",)" + std::string(members) + "}";
}

TEST(RequestsTest, EachTypeIsDecoded) {
  const auto resume = Decode<Resume>(R"({"type":"resume","session":"s","token":"t"})");
  EXPECT_EQ(resume.session + resume.token, "st");
  Decode<Ping>(R"({"type":"ping"})");
  const auto join = Decode<Join>(
      R"({"type":"join","room":"r","name":"A","history":3,"recover":{"epoch":"e","offset":4}})");
  EXPECT_EQ(join.room + join.name + join.recover->epoch, "rAe");
  EXPECT_EQ(join.history + join.recover->offset, 7U);
  EXPECT_EQ(Decode<Leave>(R"({"type":"leave","room":"r"})").room, "r");
  const auto edit = Decode<Edit>(R"({"type":"edit","room":"r","target":5,"text":"x"})");
  EXPECT_EQ(edit.content.text, "x");
  EXPECT_EQ(edit.target, 5U);
  EXPECT_EQ(Decode<Delete>(R"({"type":"delete","room":"r","target":6})").target, 6U);
  const auto react =
      Decode<React>(R"({"type":"react","room":"r","target":1,"key":"k","on":false})");
  EXPECT_EQ(react.key, "k");
  EXPECT_FALSE(react.on);
  EXPECT_EQ(Decode<Renew>(R"({"type":"renew","token":"a.b.c"})").token, "a.b.c");
  EXPECT_EQ(Decode<ReadEvents>(R"({"type":"history","room":"r","before":9})").before, 9U);
  EXPECT_EQ(Decode<ReadMembers>(R"({"type":"members","room":"r","after":"s"})").after, "s");
  EXPECT_TRUE(Decode<Typing>(R"({"type":"typing","room":"r"})").on);
  EXPECT_EQ(Decode<Direct>(R"({"type":"direct","to":{"session":"s"},"text":"x"})").session, "s");
  const auto direct =
      Decode<Direct>(R"({"type":"direct","to":{"name":"A","room":"r"},"text":"x"})");
  EXPECT_EQ(direct.name + direct.room + direct.text, "Arx");
}

TEST(RequestsTest, NamesOfMembersMayBeEscaped) {
  EXPECT_EQ(Decode<Leave>(R"({"\u0074ype":"l\u0065ave","room":"\u0072"})").room, "r");
}

TEST(RequestsTest, WhatIsNotJsonIsToldWithItsPlace) {
  for (const std::string_view frame :
       {"", "[]", "{", "\xEF\xBB\xBF{\"type\":\"ping\"}", R"({"type":"\ud800"})",
        R"({"type":"ping"} {})", R"({"type":"ping","a":1e999})"}) {
    const BadRequest bad = Refused(frame);
    EXPECT_EQ(bad.error.code, ErrorCode::kBadJson) << frame;
    EXPECT_TRUE(bad.error.message.starts_with("line 1, column ")) << bad.error.message;
    EXPECT_EQ(bad.id + bad.room, "");
  }
}

TEST(RequestsTest, AnErrorRepeatsWhatCanBeRead) {
  BadRequest bad = Refused(R"({"type":"leave","id":"7","room":"a b"})");
  EXPECT_EQ(bad.error.code, ErrorCode::kBadRoom);
  EXPECT_EQ(bad.id, "7");
  EXPECT_EQ(bad.room, "a b");
  bad = Refused(R"({"type":"x","id":7,"room":7})");
  EXPECT_EQ(bad.error.code, ErrorCode::kBadFrame);
  EXPECT_EQ(bad.id + bad.room, "");
  EXPECT_EQ(Refused(R"({"type":"leave","room":")" + std::string(129, 'r') + "\"}").room, "");
}

TEST(RequestsTest, MembersThatAreThereTwice) {
  for (const std::string_view members :
       {R"("text":"x","text":"y")", R"("text":"x","\u0074ext":"y")", R"("text":"x","room":"r")",
        R"("text":"x","data":1,"data":1)", R"("text":"x","id":"1")"}) {
    const BadRequest bad = Refused(PublishOf(members));
    EXPECT_EQ(bad.error.code, ErrorCode::kBadFrame);
    EXPECT_TRUE(bad.error.message.ends_with(" is there twice")) << bad.error.message;
  }
  EXPECT_TRUE(Refused(R"({"type":"direct","to":{"session":"a","session":"b"},"text":"x"})")
                  .error.message.starts_with("\"to\": "));
  // What is ignored may be.
  Decode<Ping>(R"({"type":"ping","new":1,"new":{"a":1,"a":2}})");
}

TEST(RequestsTest, NumbersAreWholeAndInTheirRange) {
  const auto target = [](std::string_view number) {
    return R"({"type":"delete","room":"r","target":)" + std::string(number) + "}";
  };
  EXPECT_EQ(Decode<Delete>(target("1")).target, 1U);
  EXPECT_EQ(Decode<Delete>(target("9007199254740991")).target, kMaxOffset);
  for (const std::string_view wrong :
       {"0", "-0", "-1", "1.0", "1e3", "1E0", "9007199254740992", "18446744073709551617",
        "12345678901234567890123", "\"1\"", "null", "true", "[]", "{}"}) {
    const BadRequest bad = Refused(target(wrong));
    EXPECT_EQ(bad.error.code, ErrorCode::kBadFrame) << wrong;
    EXPECT_EQ(bad.error.message, "\"target\" must be a whole number from 1 to 9007199254740991");
  }
}

TEST(RequestsTest, DataStaysAsItWasWrittenButForWhiteSpaceAndEscapes) {
  const auto data = [](std::string_view value) {
    return Decode<Publish>(PublishOf("\"data\":" + std::string(value))).content.data;
  };
  for (const std::string_view value :
       {"null", "0", "-0", "1.0", "1e400", "12345678901234567890123", "1e999999999",
        "0.1000000000000000055511151231257827", R"("\u0000\n\t\"\\")", R"({"b":1,"a":2,"a":3})",
        "[]", "{}", "false"}) {
    EXPECT_EQ(data(value), value);
  }
  EXPECT_EQ(data(" { \"a\" : [ 1.0 , \" \" ] } "), R"({"a":[1.0," "]})");
  EXPECT_EQ(data(R"("\u00e9\u0009\/")"), R"("é\t/")");
  EXPECT_EQ(data(R"({"\u00e9\u0009\/":"\u0022"})"), R"({"é\t/":"\""})");
}

TEST(RequestsTest, DataIsMeasuredWithoutItsWhiteSpace) {
  const std::string most = '"' + std::string(kMaxDataBytes - 2, 'x') + '"';
  EXPECT_EQ(Decode<Publish>(PublishOf("\"data\":" + std::string(9999, ' ') + most)).content.data,
            most);
  EXPECT_EQ(Refused(PublishOf("\"data\":[" + most + "]")).error.code, ErrorCode::kTooLarge);
}

TEST(RequestsTest, NulIsAllowedWhereItDoesNoHarm) {
  const std::string nul(1, '\0');
  const auto decoded =
      DecodeRequest(R"({"type":"publish","id":"\u0000","room":"r","text":"\u0000"})");
  ASSERT_TRUE(std::holds_alternative<ChatRequest>(decoded));
  const auto& request = std::get<ChatRequest>(decoded);
  EXPECT_EQ(request.id, nul);
  EXPECT_EQ(std::get<Publish>(request.what).content.text, nul);

  EXPECT_EQ(Refused(R"({"type":"join","room":"r\u0000"})").error.code, ErrorCode::kBadRoom);
  EXPECT_EQ(Refused(R"({"type":"join","room":"r","name":"\u0000"})").error.code,
            ErrorCode::kBadName);
  for (const std::string_view key : {R"(\u0000)", R"(\n)", R"(a\u007f)", R"(\u0085)"}) {
    EXPECT_EQ(Refused(R"({"type":"react","room":"r","target":1,"key":")" + std::string(key) + "\"}")
                  .error.code,
              ErrorCode::kBadFrame)
        << key;
  }
}

TEST(RequestsTest, Ids) {
  const auto ping = [](const std::string& id) { return R"({"type":"ping","id":")" + id + "\"}"; };
  for (const std::string& right : {std::string(64, 'x'), std::string("é👍")}) {
    const auto decoded = DecodeRequest(ping(right));
    ASSERT_TRUE(std::holds_alternative<ChatRequest>(decoded));
    EXPECT_EQ(std::get<ChatRequest>(decoded).id, right);
  }
  for (const std::string& wrong : {std::string(), std::string(65, 'x')}) {
    EXPECT_EQ(Refused(ping(wrong)).error.code, ErrorCode::kBadFrame);
  }
}

TEST(RequestsTest, Posts) {
  const auto decode = [](std::string_view body) {
    OrError<Post> post = DecodePost(body);
    if (auto* error = std::get_if<Error>(&post)) return std::string(NameOf(error->code));
    const auto& [content, name] = std::get<Post>(post);
    return content.text + '|' + content.data + '|' + name;
  };
  EXPECT_EQ(decode(R"({"text":"x"})"), "x||guest");
  EXPECT_EQ(decode(R"({"data":[ 1.0 ],"name":"Bot"})"), "|[1.0]|Bot");
  EXPECT_EQ(decode("{}"), "bad_frame");
  EXPECT_EQ(decode(R"({"text":1})"), "bad_frame");
  EXPECT_EQ(decode(R"({"text":"x","name":""})"), "bad_name");
  EXPECT_EQ(decode(R"({"text":"x","name":"   "})"), "bad_name");
  EXPECT_EQ(decode(R"({"text":")" + std::string(kMaxTextBytes + 1, 'x') + "\"}"), "too_large");
  EXPECT_EQ(decode(std::string(100, '[')), "too_deep");
  for (const std::string_view wrong : {"", "x", "[]", "{\"text\":\"\xFF\"}", "{\"text\":\"\xC3\"}",
                                       "{\"text\":\"\xED\xA0\x80\"}"}) {
    EXPECT_EQ(decode(wrong), "bad_json") << wrong;
  }
}

}  // namespace
}  // namespace fanfare::chat
