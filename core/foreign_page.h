// Whether a web page of another site is behind a request, for interfaces that have no passwords.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/request.h"

namespace fanfare {

// What a Host header names, without its port. A browser tells the name that its user's page was
// found by: a stranger who lets a name of his stand for our address ("DNS rebinding") makes a page
// of his one of ours for the browser, but can not make it say another name than his.
class HostName {
 public:
  static HostName Of(const Request& request);

  // These two no name server has a say in.
  bool is_localhost() const;
  bool is_address() const { return address_.has_value(); }
  bool is_loopback() const { return is_address() && address_->is_loopback(); }
  // The name, as it was written; empty where there is none.
  std::string_view name() const { return name_; }

 private:
  std::string name_;
  std::optional<boost::asio::ip::address> address_;
};

// Whether the request's Origin (RFC 6454 section 7) is not the Host that it is for, or its
// Sec-Fetch-Site (W3C, "Fetch Metadata Request Headers") says that another site asks. Programs send
// neither.
bool IsFromForeignPage(const Request& request);

}  // namespace fanfare
