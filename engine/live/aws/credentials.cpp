#include "engine/live/aws/credentials.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/live/aws/child_process.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace firedrill::aws {
namespace {

constexpr std::chrono::minutes kBeforeExpiry{5};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

CredentialsResult none(std::string error) { return {std::nullopt, std::move(error)}; }

// A command may print a secret on stderr as well, so its text stays out of our messages.
std::string ending(const ChildResult& child) {
  switch (child.end) {
    case ChildEnd::kNotStarted:
      return "cannot be started";
    case ChildEnd::kTimedOut:
      return "took too long";
    case ChildEnd::kTooMuch:
      return "printed too much";
    case ChildEnd::kSignalled:
      return fmt::format("ended by signal {}", child.status);
    case ChildEnd::kCancelled:
      return "was cancelled";
    case ChildEnd::kExited:
      return fmt::format("ended with status {}", child.status);
  }
  return "";
}

std::string setting(const Environment& environment, const std::string& name,
                    std::string otherwise) {
  const auto value = environment(name);
  return value && !value->empty() ? *value : std::move(otherwise);
}

std::string profile_of(const CredentialOptions& options) {
  return options.profile.empty() ? setting(options.environment, "AWS_PROFILE", "default")
                                 : options.profile;
}

}  // namespace

std::string profile_setting(const CredentialOptions& options, const std::string& name) {
  const std::string standard_file = setting(options.environment, "HOME", "") + "/.aws/config";
  const std::string file = options.config_file.empty()
                               ? setting(options.environment, "AWS_CONFIG_FILE", standard_file)
                               : options.config_file;
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  const auto settings = profile_settings(text, profile_of(options));
  const auto found = settings.find(name);
  return found != settings.end() ? found->second : std::string();
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::map<std::string, std::string> profile_settings(std::string_view text,
                                                    std::string_view profile) {
  std::map<std::string, std::string> settings;
  bool inside = false;
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    const std::string_view line = trimmed(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      std::string_view name = trimmed(line.substr(1, line.size() - 2));
      if (name.starts_with("profile ")) name = trimmed(name.substr(8));
      inside = name == profile;
      continue;
    }
    const std::size_t equals = line.find('=');
    // An indented line belongs to the setting above it.
    const bool nested = whole.front() == ' ' || whole.front() == '\t';
    if (!inside || nested || equals == std::string_view::npos) continue;
    settings[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
  }
  return settings;
}

std::optional<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool any = false;
  char quote = '\0';
  for (std::size_t k = 0; k < line.size(); ++k) {
    const char c = line[k];
    if (quote == '\0' && (c == ' ' || c == '\t')) {
      if (any) words.push_back(std::exchange(word, {}));
      any = false;
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
      any = true;
    } else if (c == quote && quote != '\0') {
      quote = '\0';
    } else if (c == '\\' && quote != '\'' && k + 1 < line.size() &&
               (quote == '\0' || line[k + 1] == '"' || line[k + 1] == '\\')) {
      word += line[++k];
      any = true;
    } else {
      word += c;
      any = true;
    }
  }
  if (quote != '\0') return std::nullopt;
  if (any) words.push_back(std::move(word));
  return words;
}

CredentialsResult parse_process_credentials(const std::string& text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  const auto member = [&](const char* name) -> std::string {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : "";
  };
  if (!document.is_object()) return none("the credential command printed no JSON object");
  const auto version = document.find("Version");
  if (version == document.end() || *version != 1) {
    return none("the credential command printed another version than 1");
  }
  Credentials credentials;
  credentials.access_key_id = member("AccessKeyId");
  credentials.secret_access_key = Secret(member("SecretAccessKey"));
  credentials.session_token = Secret(member("SessionToken"));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return none("the credential command printed no AccessKeyId or SecretAccessKey");
  }
  const std::string expiration = member("Expiration");
  if (!expiration.empty()) {
    credentials.expiration = parse_utc(expiration);
    if (!credentials.expiration) return none("the Expiration of the credentials is no instant");
  }
  return {std::move(credentials), ""};
}

StandardCredentials::StandardCredentials(CredentialOptions options, Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

CredentialsResult StandardCredentials::get() {
  const std::lock_guard lock(mutex_);
  const UtcInstant now = clock_.utc_now();
  if (kept_ && (!kept_->expiration || *kept_->expiration - kBeforeExpiry > now)) {
    return {kept_, ""};
  }
  CredentialsResult found = find();
  if (found.credentials && found.credentials->expiration && *found.credentials->expiration <= now) {
    return none("the credentials have expired: sign in again");
  }
  kept_ = found.credentials;
  return found;
}

void StandardCredentials::forget() {
  const std::lock_guard lock(mutex_);
  kept_.reset();
}

CredentialsResult StandardCredentials::find() const {
  const Environment& environment = options_.environment;
  const std::string key = setting(environment, "AWS_ACCESS_KEY_ID", "");
  // A profile that was asked for by name goes before keys that happen to be there, as in the CLI.
  if (!key.empty() && options_.profile.empty()) {
    const std::string secret = setting(environment, "AWS_SECRET_ACCESS_KEY", "");
    if (secret.empty()) return none("AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not");
    return {Credentials{key, Secret(secret), Secret(setting(environment, "AWS_SESSION_TOKEN", "")),
                        std::nullopt},
            ""};
  }
  const std::string profile = profile_of(options_);
  const std::string line = profile_setting(options_, "credential_process");
  std::vector<std::string> words = {options_.aws_cli, "configure", "export-credentials",
                                    "--profile",      profile,     "--format",
                                    "process"};
  if (!line.empty()) {
    const auto split = split_command(line);
    if (!split || split->empty()) {
      return none(fmt::format("credential_process of profile {} is no command", profile));
    }
    words = *split;
  }
  const ChildResult child = run_child(words, {.timeout = options_.command_timeout});
  if (child.end != ChildEnd::kExited || child.status != 0) {
    return none(
        fmt::format("no credentials in the environment, and the command \"{}\" for profile "
                    "{} {}",
                    words[0], profile, ending(child)));
  }
  return parse_process_credentials(child.output);
}

}  // namespace firedrill::aws
