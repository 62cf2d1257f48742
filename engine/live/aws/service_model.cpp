#include "engine/live/aws/service_model.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include "engine/live/aws/service_models.hpp"

namespace firedrill::aws {

using nlohmann::json;

Shape::Shape(const json& shapes, const json& reference)
    : shapes_(&shapes),
      reference_(&reference),
      shape_(&shapes.at(reference.at("shape").get_ref<const std::string&>())) {}

const json* Shape::trait(std::string_view name) const {
  for (const json* holder : {reference_, shape_}) {
    const auto found = holder->find(name);
    if (found != holder->end()) return &*found;
  }
  return nullptr;
}

std::string Shape::text(std::string_view name) const {
  const json* found = trait(name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

bool Shape::flag(std::string_view name) const {
  const json* found = trait(name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::string Shape::wire_name(std::string_view otherwise) const {
  const json* found = trait("locationName");
  return found != nullptr ? found->get<std::string>() : std::string(otherwise);
}

const json& Shape::members() const {
  static const json kNone = json::object();
  const auto found = shape_->find("members");
  return found != shape_->end() ? *found : kNone;
}

Shape Shape::member(const std::string& name) const { return Shape(*shapes_, members().at(name)); }

const ServiceModel& ServiceModel::of(std::string_view service) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<ServiceModel>, std::less<>> models;
  const std::lock_guard lock(mutex);
  const auto known = models.find(service);
  if (known != models.end()) return *known->second;
  const std::string_view text = service_model_text(service);
  if (text.empty()) throw std::out_of_range("no model of the service " + std::string(service));
  auto model = std::make_unique<ServiceModel>(text);
  return *models.emplace(std::string(service), std::move(model)).first->second;
}

Protocol ServiceModel::protocol() const {
  const std::string name = metadata("protocol");
  if (name == "json") return Protocol::kJson;
  if (name == "rest-json") return Protocol::kRestJson;
  if (name == "rest-xml") return Protocol::kRestXml;
  if (name == "query") return Protocol::kQuery;
  if (name == "ec2") return Protocol::kEc2;
  throw std::out_of_range("unknown protocol " + name);
}

std::string ServiceModel::metadata(const char* name) const {
  return document_.at("metadata").value(name, "");
}

std::string ServiceModel::signing_name() const {
  const std::string name = metadata("signingName");
  return name.empty() ? metadata("endpointPrefix") : name;
}

const json& ServiceModel::operation(std::string_view name) const {
  return document_.at("operations").at(std::string(name));
}

const json* ServiceModel::side(std::string_view name, const char* which) const {
  const json& described = operation(name);
  const auto found = described.find(which);
  return found != described.end() ? &*found : nullptr;
}

namespace {

json redacted_value(const Shape& shape, const json& value) {
  if (shape.flag("sensitive")) return "<redacted>";
  json result = value;
  if (shape.is("structure") && value.is_object()) {
    for (auto& [name, member] : result.items()) {
      if (shape.has_member(name)) member = redacted_value(shape.member(name), member);
    }
  } else if (shape.is("list") && value.is_array()) {
    for (auto& element : result) element = redacted_value(shape.part("member"), element);
  } else if (shape.is("map") && value.is_object()) {
    for (auto& element : result) element = redacted_value(shape.part("value"), element);
  }
  return result;
}

}  // namespace

json redacted(std::string_view service, std::string_view operation, const char* side,
              const json& value) {
  const ServiceModel& model = ServiceModel::of(service);
  const json* reference = model.side(operation, side);
  return reference == nullptr ? value : redacted_value(model.shape(*reference), value);
}

}  // namespace firedrill::aws
