#include "core/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <utility>

namespace fanfare {
namespace {

TEST(SecretFileTest, OnlyWhatEverybodyMayReadIsWarnedOf) {
  const std::string file = testing::TempDir() + "secret_file_test";
  std::ofstream(file) << "hush";
  for (const auto& [mode, is_told] : {std::pair(0600U, false), {0640U, false}, {0644U, true}}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_EQ(WarnIfAnybodyMayRead(file, "a secret"), is_told) << std::oct << mode;
  }
  EXPECT_FALSE(WarnIfAnybodyMayRead(file + ".missing", "a secret"));
}

}  // namespace
}  // namespace fanfare
