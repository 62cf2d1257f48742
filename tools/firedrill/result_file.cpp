#include "tools/firedrill/result_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "reports/read_result.hpp"

namespace firedrill {
namespace {

std::optional<std::string> all_of(std::istream& in) {
  std::string text((std::istreambuf_iterator<char>(in)), {});
  return in.bad() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

std::optional<ResultFile> read_result_file_or_explain(const std::string& path) {
  std::optional<std::string> text;
  if (path == "-") {
    text = all_of(std::cin);
  } else if (std::ifstream file(path, std::ios::binary); file) {
    text = all_of(file);
  }
  if (!text) {
    fmt::print(stderr, "firedrill: cannot read {}\n", path);
    return std::nullopt;
  }
  ResultRead read = read_result(*text);
  if (!read.report) {
    fmt::print(stderr, "firedrill: {}: {}\n", path, read.problem);
    return std::nullopt;
  }
  return ResultFile{std::move(*read.report), std::move(*text)};
}

std::optional<Report> read_result_or_explain(const std::string& path) {
  std::optional<ResultFile> read = read_result_file_or_explain(path);
  if (!read) return std::nullopt;
  return std::move(read->report);
}

}  // namespace firedrill
