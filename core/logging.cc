#include "core/logging.h"

#include <cstddef>

#include "spdlog/async.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace fanfare {

constexpr std::size_t kQueueEntries = 8192;

Logging::Logging() {
  spdlog::init_thread_pool(kQueueEntries, 1);
  auto logger = spdlog::create_async<spdlog::sinks::stdout_sink_mt>("server");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

Logging::~Logging() {
  spdlog::shutdown();
}

}  // namespace fanfare
