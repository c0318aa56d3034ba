// Names of files in the configuration.
#pragma once

#include <filesystem>
#include <string>

namespace fanfare {

// A file that the configuration names: relative to the folder of the configuration, and not to
// wherever the server was started. An empty folder stands for the current one; no name stays none.
inline std::string ResolveFile(const std::string& folder, const std::string& file) {
  if (file.empty()) return file;
  return (std::filesystem::path(folder) / file).lexically_normal().string();
}

// Of a file's name: "" if it has none.
inline std::string FolderOf(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

}  // namespace fanfare
