// Runs a function in a child process and gives back the text it returned. SimGrid allows one engine
// a process, so every test that makes one makes it in a child.
#pragma once

#include <functional>
#include <string>

/// The text, or "crashed: signal N" / "crashed: exit N".
std::string in_child(const std::function<std::string()>& body);
