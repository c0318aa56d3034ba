// That finding a route allocates nothing when nothing has to be decoded or kept.

#include <gtest/gtest.h>

#include <cstddef>

#include "core/route.h"
#include "core/router.h"
#include "core/testing/allocations.h"

namespace fanfare {
namespace {

class AnyRoute : public Route {};

class RouterAllocationTest : public ::testing::Test {
 protected:
  RouterAllocationTest() {
    for (const char* pattern : {"/", "/chat", "/chat/{room}", "/a/b/c/d/e/f", "/a/{x}/c", "/f/*"}) {
      EXPECT_TRUE(router_.Add(pattern, "any", route_).ok());
    }
  }

  // How often finding a path allocates.
  std::size_t Allocations(std::string_view path) const {
    const std::size_t before = testing::Allocations();
    const Router::Match match = router_.Find(path);
    return testing::Allocations() - before;
  }

  AnyRoute route_;
  Router router_;
};

TEST_F(RouterAllocationTest, CountsAllocations) {
  EXPECT_GT(Allocations("/chat/lobby"), 0U);
  // Long enough not to fit into a string without memory of its own.
  EXPECT_GT(Allocations("/%63hat/with/a/long/rest"), 0U);
}

TEST_F(RouterAllocationTest, NothingIsAllocatedForLiterals) {
  EXPECT_EQ(Allocations("/"), 0U);
  EXPECT_EQ(Allocations("/chat"), 0U);
  EXPECT_EQ(Allocations("/a/b/c/d/e/f"), 0U);
}

TEST_F(RouterAllocationTest, NothingIsAllocatedWhenNothingIsFound) {
  EXPECT_EQ(Allocations("/a/very/long/path/that/leads/nowhere/at/all/and/goes/on/and/on"), 0U);
  EXPECT_EQ(Allocations("/a/any/d"), 0U);
  EXPECT_EQ(Allocations("/%"), 0U);
}

}  // namespace
}  // namespace fanfare
