#include "engine/live/aws/decode.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>

#include "engine/live/aws/decode_detail.hpp"

namespace firedrill::aws {

using nlohmann::json;

namespace {

bool xml_protocol(Protocol protocol) {
  return protocol == Protocol::kRestXml || protocol == Protocol::kQuery ||
         protocol == Protocol::kEc2;
}

std::string first_header(const HttpResponse& response, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto value = response.header(name);
    if (value) return *value;
  }
  return {};
}

bool looks_like_html(const HttpResponse& response) {
  const std::string type = lower_case(response.header("content-type").value_or(""));
  const std::string start = lower_case(std::string_view(response.body).substr(0, 64));
  return type.starts_with("text/html") || start.starts_with("<!doctype html") ||
         start.starts_with("<html");
}

// `com.amazonaws.x#ThrottlingException:http://...` is ThrottlingException.
std::string bare_code(std::string code) {
  code = code.substr(0, code.find(':'));
  const std::size_t hash = code.find('#');
  return hash == std::string::npos ? code : code.substr(hash + 1);
}

Failure json_failure(const HttpResponse& response) {
  Failure failure;
  failure.code = bare_code(first_header(response, {"x-amzn-errortype"}));
  const json body = json::parse(response.body, nullptr, false);
  if (body.is_object()) {
    for (const char* name : {"__type", "code", "Code"}) {
      const auto found = body.find(name);
      if (failure.code.empty() && found != body.end() && found->is_string()) {
        failure.code = bare_code(found->get<std::string>());
      }
    }
    for (const char* name : {"message", "Message", "errorMessage"}) {
      const auto found = body.find(name);
      if (failure.message.empty() && found != body.end() && found->is_string()) {
        failure.message = found->get<std::string>();
      }
    }
  }
  return failure;
}

Failure xml_failure(const pugi::xml_document& document, std::string& request_id) {
  Failure failure;
  const pugi::xml_node root = document.document_element();
  pugi::xml_node error = std::string_view(root.name()) == "Error" ? root : root.child("Error");
  if (!error) error = root.child("Errors").child("Error");
  failure.code = error.child("Code").text().get();
  failure.message = error.child("Message").text().get();
  for (const char* name : {"RequestId", "RequestID"}) {
    if (request_id.empty()) request_id = root.child(name).text().get();
  }
  return failure;
}

// An error page is the answer of something that does not speak the protocol: an endpoint without
// this operation, or whatever stands in between. Load balancers say 502, 503 and 504 that way.
Failure page_failure(int status) {
  Failure failure;
  const bool gateway = status == 502 || status == 503 || status == 504;
  failure.kind = gateway ? FailureKind::kServerError : FailureKind::kUnsupported;
  failure.message = fmt::format("the endpoint answered {} with a page instead of an error", status);
  return failure;
}

Decoded decode_failure(const HttpResponse& response, Decoded decoded) {
  Failure failure;
  pugi::xml_document document;
  // By what it is, not by what the service speaks: a front door may answer in its own way.
  const bool xml = response.body.starts_with('<') && document.load_string(response.body.c_str());
  failure = xml ? xml_failure(document, decoded.request_id) : json_failure(response);
  failure.kind = failure_kind(failure.code, response.status);
  // Some errors are sent as text/html although their body is the protocol's.
  if (failure.code.empty() && looks_like_html(response)) failure = page_failure(response.status);
  failure.http_status = response.status;
  if (failure.message.empty()) failure.message = fmt::format("HTTP status {}", response.status);
  decoded.failure = std::move(failure);
  return decoded;
}

Failure unreadable(const HttpResponse& response, std::string message) {
  return {FailureKind::kUnreadable, "", std::move(message), response.status};
}

Decoded decode_json(const json* output, const ServiceModel& model, const HttpResponse& response,
                    Decoded decoded) {
  const std::string payload = output == nullptr ? "" : model.shape(*output).text("payload");
  // Whatever comes from a call that answers nothing says nothing.
  if (output != nullptr && !response.body.empty()) {
    json body = json::parse(response.body, nullptr, false);
    const bool raw = !payload.empty() && model.shape(*output).member(payload).is("blob");
    if (raw) body = response.body;
    if (body.is_discarded()) {
      decoded.failure = unreadable(response, "the answer is no JSON");
      return decoded;
    }
    if (payload.empty() && !body.is_object()) {
      decoded.failure = unreadable(response, "the answer is no JSON object");
      return decoded;
    }
    if (payload.empty()) {
      decoded.value = std::move(body);
    } else {
      decoded.value[payload] = std::move(body);
    }
  }
  return decoded;
}

Decoded decode_xml(const json* output, const ServiceModel& model, const HttpResponse& response,
                   Decoded decoded) {
  const std::string payload = output == nullptr ? "" : model.shape(*output).text("payload");
  if (!payload.empty()) {
    const Shape member = model.shape(*output).member(payload);
    if (member.is("blob") || member.is("string")) {
      decoded.value[payload] = response.body;
      return decoded;
    }
  }
  if (response.body.empty()) return decoded;
  pugi::xml_document document;
  const auto parsed = document.load_buffer(response.body.data(), response.body.size(),
                                           pugi::parse_default | pugi::parse_ws_pcdata_single);
  pugi::xml_node node = document.document_element();
  if (output == nullptr && !node) return decoded;
  if (!parsed || !node) {
    decoded.failure = unreadable(response, "the answer is no XML");
    return decoded;
  }
  // S3 may begin its answer with 200 and find out later that the copy has failed.
  if (std::string_view(node.name()) == "Error") return decode_failure(response, decoded);
  if (decoded.request_id.empty()) {
    decoded.request_id = node.child("ResponseMetadata").child("RequestId").text().get();
  }
  if (decoded.request_id.empty()) decoded.request_id = node.child("requestId").text().get();
  if (output == nullptr) return decoded;
  if (!payload.empty()) {
    decoded.value[payload] = xml_value(model.shape(*output).member(payload), {node});
    return decoded;
  }
  const std::string wrapper = output->value("resultWrapper", "");
  if (!wrapper.empty()) node = node.child(wrapper.c_str());
  decoded.value = xml_value(model.shape(*output), {node});
  return decoded;
}

// Members that came in a header or are the status itself.
void add_header_members(const Shape& shape, const HttpResponse& response, json& value) {
  for (const auto& [name, unused] : shape.members().items()) {
    const Shape member = shape.member(name);
    const std::string location = member.text("location");
    const std::string wire = lower_case(member.wire_name(name));
    if (location == "statusCode") {
      value[name] = response.status;
    } else if (location == "header") {
      const auto header = response.header(wire);
      if (header) value[name] = typed_scalar(member, *header);
    } else if (location == "headers") {
      for (const auto& [key, entry] : response.headers) {
        if (key.starts_with(wire)) value[name][key.substr(wire.size())] = entry;
      }
    }
  }
}

}  // namespace

Decoded decode(const ServiceModel& model, const Operation& operation,
               const HttpResponse& response) {
  Decoded decoded;
  decoded.request_id =
      first_header(response, {"x-amzn-requestid", "x-amz-request-id", "x-amz-cf-id"});
  if (response.status < 200 || response.status >= 300) {
    return decode_failure(response, std::move(decoded));
  }
  const json* output = model.side(operation.name, "output");
  decoded = xml_protocol(model.protocol())
                ? decode_xml(output, model, response, std::move(decoded))
                : decode_json(output, model, response, std::move(decoded));
  const Protocol protocol = model.protocol();
  const bool rest = protocol == Protocol::kRestXml || protocol == Protocol::kRestJson;
  if (!decoded.failure && rest && output != nullptr) {
    add_header_members(model.shape(*output), response, decoded.value);
  }
  return decoded;
}

}  // namespace firedrill::aws
