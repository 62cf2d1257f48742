// Who signs. There is no chain of providers here: the environment, or a command that the user's
// profile names, or the AWS CLI, which knows profiles, SSO, roles with MFA and the metadata
// service.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/aws/clock.hpp"
#include "engine/live/aws/secret.hpp"

namespace firedrill::aws {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;                  // empty for long-lived keys
  std::optional<UtcInstant> expiration;  // unknown for those of the environment
};

/// A variable of the environment, or nothing. Handed in, so that tests need not set any.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

struct CredentialOptions {
  Environment environment = process_environment();
  std::string profile;      // empty: AWS_PROFILE, else "default"
  std::string config_file;  // empty: AWS_CONFIG_FILE, else ~/.aws/config
  std::string aws_cli = "aws";
  std::chrono::milliseconds command_timeout = std::chrono::minutes(2);  // somebody may type a code
};

/// A setting of the profile in use, such as `endpoint_url` or `region`; empty when there is none.
std::string profile_setting(const CredentialOptions& options, const std::string& name);

/// Credentials, or why there are none. The text never holds a secret.
struct CredentialsResult {
  std::optional<Credentials> credentials;
  std::string error;
};

/// Finds credentials and keeps them until five minutes before they end. Safe to share between
/// threads.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  virtual CredentialsResult get() = 0;
  /// Forgets what is kept: the service said that it has expired.
  virtual void forget() = 0;
};

class StandardCredentials : public CredentialSource {
 public:
  StandardCredentials(CredentialOptions options, Clock& clock);
  CredentialsResult get() override;
  void forget() override;

 private:
  CredentialsResult find() const;

  CredentialOptions options_;
  Clock& clock_;
  std::mutex mutex_;
  std::optional<Credentials> kept_;
};

/// What a credential command prints (format version 1 of `credential_process`).
CredentialsResult parse_process_credentials(const std::string& text);

/// The words of a `credential_process` line: quotes and backslashes as a POSIX shell reads them,
/// but nothing is expanded and no shell runs. Nothing when a quote is left open.
std::optional<std::vector<std::string>> split_command(std::string_view line);

/// The settings of one profile of an AWS configuration file.
std::map<std::string, std::string> profile_settings(std::string_view config_text,
                                                    std::string_view profile);

}  // namespace firedrill::aws
