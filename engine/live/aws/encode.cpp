#include "engine/live/aws/encode.hpp"

#include <fmt/format.h>

#include "engine/live/aws/encode_detail.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace firedrill::aws {

using nlohmann::json;

namespace {

std::string instant_text(const json& value, std::string_view format) {
  UtcInstant instant{};
  if (value.is_number()) {
    instant += std::chrono::microseconds(static_cast<std::int64_t>(value.get<double>() * 1e6));
  } else {
    instant = parse_utc(value.get<std::string>()).value();
  }
  if (format == "rfc822") return http_date(instant);
  if (format == "unixTimestamp") return fmt::format("{}", epoch_seconds(instant));
  return utc_text(instant);
}

EncodedRequest encode_json(const ServiceModel& model, const Operation& operation,
                           const json& parameters) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {
      {"Content-Type", "application/x-amz-json-" + model.metadata("jsonVersion")},
      {"X-Amz-Target", fmt::format("{}.{}", model.metadata("targetPrefix"), operation.name)}};
  if (model.query_compatible()) request.headers.emplace_back("x-amzn-query-mode", "true");
  const json* input = model.side(operation.name, "input");
  request.body = input == nullptr ? "{}" : json_body(model.shape(*input), parameters).dump();
  return {std::move(request), "", ""};
}

EncodedRequest encode_query(const ServiceModel& model, const Operation& operation,
                            const json& parameters) {
  HttpRequest request;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  Fields fields = {{"Action", std::string(operation.name)},
                   {"Version", model.metadata("apiVersion")}};
  const json* input = model.side(operation.name, "input");
  if (input != nullptr) {
    const Fields own = form_fields(model.protocol(), model.shape(*input), parameters);
    fields.insert(fields.end(), own.begin(), own.end());
  }
  for (const auto& [name, value] : fields) {
    if (!request.body.empty()) request.body += '&';
    request.body += percent_encoded(name) + '=' + percent_encoded(value);
  }
  return {std::move(request), "", ""};
}

}  // namespace

std::string scalar_text(const Shape& shape, const json& value, std::string_view timestamp) {
  if (shape.is("timestamp")) {
    const std::string own = shape.text("timestampFormat");
    return instant_text(value, own.empty() ? timestamp : own);
  }
  if (shape.is("blob")) return base64_encoded(value.get<std::string>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

json json_body(const Shape& shape, const json& value) {
  if (value.is_null()) return value;
  if (shape.is("structure")) {
    json result = json::object();
    for (const auto& [name, entry] : value.items()) {
      const Shape member = shape.member(name);
      if (entry.is_null() || !member.text("location").empty()) continue;
      result[member.wire_name(name)] = json_body(member, entry);
    }
    return result;
  }
  if (shape.is("list")) {
    json result = json::array();
    const Shape member = shape.part("member");
    for (const auto& entry : value) result.push_back(json_body(member, entry));
    return result;
  }
  if (shape.is("map")) {
    json result = json::object();
    const Shape element = shape.part("value");
    for (const auto& [key, entry] : value.items()) result[key] = json_body(element, entry);
    return result;
  }
  if (shape.is("timestamp") && value.is_string()) {
    const std::string format = shape.text("timestampFormat");
    const UtcInstant instant = parse_utc(value.get<std::string>()).value();
    if (format.empty() || format == "unixTimestamp") return epoch_seconds(instant);
    return instant_text(value, format);
  }
  return shape.is("blob") ? json(base64_encoded(value.get<std::string>())) : value;
}

EncodedRequest encode(const ServiceModel& model, const Operation& operation,
                      const json& parameters) {
  switch (model.protocol()) {
    case Protocol::kJson:
      return encode_json(model, operation, parameters);
    case Protocol::kQuery:
    case Protocol::kEc2:
      return encode_query(model, operation, parameters);
    case Protocol::kRestJson:
    case Protocol::kRestXml:
      return encode_rest(model, operation, parameters);
  }
  return {std::nullopt, "unknown protocol", ""};
}

}  // namespace firedrill::aws
