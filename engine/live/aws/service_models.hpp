// The service models that are part of the program. Generated from service_models/*.json.
#pragma once

#include <string_view>

namespace firedrill::aws {

/// The model as JSON text; empty for a service without one.
std::string_view service_model_text(std::string_view service);

}  // namespace firedrill::aws
