#include "bench/accept_key.h"

#include <gtest/gtest.h>

namespace fanfare::bench {
namespace {

TEST(AcceptKeyTest, AnswersTheExampleOfTheRfc) {
  EXPECT_EQ(AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// The padding of SHA-1 changes when the text with its GUID (36 bytes) crosses a block.
TEST(AcceptKeyTest, HandlesTextsAroundTheEndOfABlock) {
  EXPECT_EQ(AcceptKey(std::string(19, 'x')), "qQsxh2Nb/vsnD9od6HBiP6Igif0=");
  EXPECT_EQ(AcceptKey(std::string(20, 'x')), "7jD6MP55bPPoLSNhT1mD/AE8sjc=");
  EXPECT_EQ(AcceptKey(std::string(28, 'x')), "atUL8kQGe4qplhq19Y5TKRw/Uj4=");
}

}  // namespace
}  // namespace fanfare::bench
