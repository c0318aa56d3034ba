#include "core/read_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "core/unique_fd.h"

namespace fanfare {
namespace {

std::string Error(const std::string& file, std::size_t most = 100) {
  return std::string(ReadFile(file, most).status().message());
}

TEST(ReadFileTest, AllOfIt) {
  const std::string file = testing::TempDir() + "all_of_it";
  const std::string text = std::string("a\0b\n", 4) + std::string(100'000, 'x');
  std::ofstream(file, std::ios::binary) << text;
  const auto read = ReadFile(file, text.size());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == text);
  EXPECT_EQ(Error(file, text.size() - 1), "larger than 100003 bytes");
  std::ofstream(file, std::ios::trunc).close();
  EXPECT_EQ(*ReadFile(file, 0), "");
}

TEST(ReadFileTest, APipeIsWaitedForAndNotForever) {
  const std::string file = testing::TempDir() + "pipe";
  std::remove(file.c_str());
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  // Nobody writes to it.
  EXPECT_EQ(*ReadFile(file, 100), "");
  const UniqueFd writer(::open(file.c_str(), O_RDWR));
  ASSERT_GE(writer.get(), 0);
  EXPECT_EQ(Error(file), "can not read it: it is a pipe, and nothing comes");
}

TEST(ReadFileTest, WhatIsWrongIsSaid) {
  const std::string missing = testing::TempDir() + "there_is_no_such_file";
  EXPECT_EQ(ReadFile(missing, 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Error(missing), "can not open it: No such file or directory");
  EXPECT_EQ(Error(testing::TempDir()), "can not read it: Is a directory");
  EXPECT_EQ(Error("/dev/zero"), "larger than 100 bytes");
}

}  // namespace
}  // namespace fanfare
