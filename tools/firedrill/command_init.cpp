#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "tools/firedrill/embedded.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

namespace files = std::filesystem;

constexpr std::string_view kPlaceholder = "@NAME@";
constexpr std::size_t kNameLength = 63;

struct InitOptions {
  std::string folder;
  std::string of = "aws-two-region";
};

/// The folders of the embedded files: "kubernetes".
std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_templates()) {
    std::string name(file.path.substr(0, file.path.find('/')));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

/// What a document may be called: see the form of its `name`.
bool is_label(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kNameLength && plain(name.front()) && plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-'; });
}

std::string filled_in(std::string_view text, const std::string& name) {
  std::string filled(text);
  for (std::size_t at = filled.find(kPlaceholder); at != std::string::npos;
       at = filled.find(kPlaceholder, at + name.size())) {
    filled.replace(at, kPlaceholder.size(), name);
  }
  return filled;
}

int init(const InitOptions& options) {
  const files::path folder = files::path(options.folder + "/").lexically_normal().parent_path();
  const std::string name = folder.filename().string();
  if (!is_label(name)) {
    fmt::print(stderr,
               "firedrill: \"{}\" cannot be the name of a system: lower-case letters, digits and "
               "'-', at most {}\n",
               name, kNameLength);
    return kExitInvalid;
  }
  std::error_code error;
  if (files::exists(folder, error)) {
    fmt::print(stderr, "firedrill: {} is there already: choose another name\n", folder.string());
    return kExitInvalid;
  }
  const std::string prefix = options.of + "/";
  for (const EmbeddedFile& file : embedded_templates()) {
    if (!file.path.starts_with(prefix)) continue;
    const files::path path = folder / files::path(file.path.substr(prefix.size()));
    files::create_directories(path.parent_path(), error);
    write_file(path.string(), filled_in(file.text, name));
  }
  write_stdout(
      fmt::format("{0}: a small complete system from the template {1}. Go on with\n\n"
                  "  firedrill validate {0}\n  firedrill run {0}\n\nand {0}/README.md.\n",
                  folder.string(), options.of));
  return kExitOk;
}

}  // namespace

void add_init_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<InitOptions>();
  auto* command = app.add_subcommand("init", "write a small complete system to start from");
  command->add_option("name", options->folder, "name of the system, or a path that ends in it")
      ->required()
      ->type_name("NAME");
  command->add_option("--template", options->of, "which one to begin with")
      ->check(CLI::IsMember(template_names()))
      ->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return init(*options); }; });
}

}  // namespace firedrill
