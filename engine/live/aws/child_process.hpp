// Runs another program by its words: no shell, no terminal, an end in time, and a limit of output.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace firedrill::aws {

struct ChildOptions {
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
  std::size_t output_bytes = std::size_t{4} << 20;  // of stdout and of stderr
  /// Set in the child beside what this process has. Not visible to other users, unlike arguments.
  std::map<std::string, std::string> environment;
  std::set<std::string> without;    // variables that the child does not get
  std::function<bool()> cancelled;  // asked about ten times a second
};

enum class ChildEnd {
  kExited,
  kSignalled,
  kNotStarted,  // no such program, no permission
  kTimedOut,    // then killed
  kTooMuch,     // over the limit of output, then killed
  kCancelled,   // then killed
};

struct ChildResult {
  ChildEnd end = ChildEnd::kNotStarted;
  int status = 0;  // exit status, number of the signal, or errno of the start
  std::string output;
  std::string errors;
};

/// `words[0]` is looked for in PATH when it has no slash. The child is a process group of its own,
/// and the group is killed with it.
ChildResult run_child(const std::vector<std::string>& words, const ChildOptions& options);

}  // namespace firedrill::aws
