#include "core/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DefaultRoute : public Route {
 public:
  explicit DefaultRoute(RouteContext&) {}
};

const RegisterRoute kFirst("first", {"/first", "/first/{x}"}, MakeRoute<DefaultRoute>);
const RegisterRoute kSecond("second", {}, MakeRoute<DefaultRoute>);

// A route without a context: DefaultRoute does not look at it.
class BareRoute : public Route {};

TEST(RouteTest, SpeaksWebSocketAndNoHttpUnlessItSaysSo) {
  BareRoute route;
  EXPECT_TRUE(route.has_websocket());
  EXPECT_THAT(route.http_methods(), IsEmpty());
  const Response response = route.Answer(Request());
  EXPECT_EQ(response.status, 501);
  EXPECT_FALSE(response.body.empty());
}

TEST(RouteTest, RegistersWhatIsLinked) {
  std::vector<std::string> names;
  for (const RegisterRoute* route = RegisterRoute::first(); route != nullptr;
       route = route->next()) {
    names.emplace_back(route->name());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("first", "second"));
  EXPECT_THAT(kFirst.patterns(), ElementsAre("/first", "/first/{x}"));
  EXPECT_THAT(kSecond.patterns(), IsEmpty());
  EXPECT_EQ(kFirst.factory(), &MakeRoute<DefaultRoute>);
}

TEST(RouteTest, TestsHaveListsOfTheirOwn) {
  const RegisterRoute* const linked = RegisterRoute::first();
  const RegisterRoute* list = nullptr;
  const RegisterRoute one("one", {"/1"}, MakeRoute<DefaultRoute>, list);
  EXPECT_EQ(list, &one);
  EXPECT_EQ(one.next(), nullptr);
  const RegisterRoute two("two", {"/2"}, MakeRoute<DefaultRoute>, list);
  EXPECT_EQ(list, &two);
  EXPECT_EQ(two.next(), &one);
  EXPECT_EQ(RegisterRoute::first(), linked);
}

TEST(RouteTest, NotesThatThereWereTooManyPatterns) {
  const RegisterRoute* list = nullptr;
  const RegisterRoute eight("eight", {"1", "2", "3", "4", "5", "6", "7", "8"},
                            MakeRoute<DefaultRoute>, list);
  EXPECT_THAT(eight.patterns(), SizeIs(8));
  EXPECT_FALSE(eight.has_too_many_patterns());
  const RegisterRoute nine("nine", {"1", "2", "3", "4", "5", "6", "7", "8", "9"},
                           MakeRoute<DefaultRoute>, list);
  EXPECT_THAT(nine.patterns(), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
  EXPECT_TRUE(nine.has_too_many_patterns());
}

}  // namespace
}  // namespace fanfare
