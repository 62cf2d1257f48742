// The REST protocols: members go to the path, the query, headers and the body, as the model says.
#include <fmt/format.h>

#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "engine/live/aws/encode_detail.hpp"
#include "engine/live/aws/signer.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

void write_xml(const Shape& shape, const json& value, pugi::xml_node parent,
               const std::string& name);

void write_xml_structure(const Shape& shape, const json& value, pugi::xml_node node) {
  for (const auto& [member_name, entry] : value.items()) {
    const Shape member = shape.member(member_name);
    if (entry.is_null() || !member.text("location").empty()) continue;
    const std::string wire = member.wire_name(member_name);
    if (member.flag("xmlAttribute")) {
      node.append_attribute(wire.c_str()) = scalar_text(member, entry, "iso8601").c_str();
    } else {
      write_xml(member, entry, node, wire);
    }
  }
}

void write_xml(const Shape& shape, const json& value, pugi::xml_node parent,
               const std::string& name) {
  if (shape.is("list")) {
    const Shape member = shape.part("member");
    const bool flat = shape.flag("flattened");
    pugi::xml_node holder = flat ? parent : parent.append_child(name.c_str());
    const std::string element = flat ? name : member.wire_name("member");
    for (const auto& entry : value) write_xml(member, entry, holder, element);
    return;
  }
  pugi::xml_node node = parent.append_child(name.c_str());
  if (const json* space = shape.trait("xmlNamespace"); space != nullptr && space->is_object()) {
    const std::string prefix = space->value("prefix", "");
    node.append_attribute(prefix.empty() ? "xmlns" : ("xmlns:" + prefix).c_str()) =
        space->value("uri", "").c_str();
  }
  if (shape.is("structure")) {
    write_xml_structure(shape, value, node);
  } else if (shape.is("map")) {
    for (const auto& [key, entry] : value.items()) {
      pugi::xml_node pair = node.append_child("entry");
      pair.append_child(shape.part("key").wire_name("key").c_str()).text() = key.c_str();
      const Shape element = shape.part("value");
      write_xml(element, entry, pair, element.wire_name("value"));
    }
  } else {
    node.text() = scalar_text(shape, value, "iso8601").c_str();
  }
}

// A list in a header stands between commas; what holds one itself stands in quotes.
std::string header_text(const Shape& shape, const json& value) {
  if (!shape.is("list")) return scalar_text(shape, value, "rfc822");
  std::string text;
  for (const auto& entry : value) {
    std::string item = scalar_text(shape.part("member"), entry, "rfc822");
    if (item.find_first_of(",\"") != std::string::npos) {
      std::string quoted = "\"";
      for (const char c : item) quoted += c == '"' ? std::string("\\\"") : std::string(1, c);
      item = quoted + '"';
    }
    text += (text.empty() ? "" : ",") + item;
  }
  return text;
}

// Sorts the parameters into path labels, query, headers and what is left for the body.
class RestRequest {
 public:
  void place(const Shape& shape, const json& parameters) {
    for (const auto& [name, value] : parameters.items()) {
      if (value.is_null()) continue;
      const Shape member = shape.member(name);
      const std::string location = member.text("location");
      const std::string wire = member.wire_name(name);
      if (location == "uri") {
        labels_[wire] = scalar_text(member, value, "iso8601");
      } else if (location == "querystring") {
        add_query(member, wire, value);
      } else if (location == "header") {
        request.headers.emplace_back(wire, header_text(member, value));
      } else if (location == "headers") {
        for (const auto& [key, entry] : value.items()) {
          request.headers.emplace_back(wire + key, entry.get<std::string>());
        }
      } else {
        has_body = true;
      }
    }
  }

  /// `/2013-04-01/hostedzone/{Id}/rrset?name&other=value` with its labels filled.
  std::string fill(std::string_view uri) {
    const std::size_t mark = uri.find('?');
    if (mark != std::string_view::npos) {
      add_fixed_query(uri.substr(mark + 1));
      uri = uri.substr(0, mark);
    }
    std::string path;
    while (!uri.empty()) {
      const std::size_t open = uri.find('{');
      path += uri.substr(0, open);
      if (open == std::string_view::npos) break;
      const std::size_t close = uri.find('}', open);
      std::string label(uri.substr(open + 1, close - open - 1));
      const bool greedy = label.ends_with('+');
      if (greedy) label.pop_back();
      std::string value = labels_[label];
      // Replies spell some identifiers as "/hostedzone/Z1": only the last part goes into a path.
      if (!greedy && value.starts_with('/')) value = value.substr(value.rfind('/') + 1);
      if (value.empty()) return fmt::format("the path needs a value for {}", label);
      path += percent_encoded(value, greedy);
      uri.remove_prefix(close + 1);
    }
    request.path = path;
    return {};
  }

  HttpRequest request;
  bool has_body = false;

 private:
  void add_query(const Shape& member, const std::string& wire, const json& value) {
    if (member.is("list")) {
      for (const auto& entry : value) {
        request.query.emplace_back(wire, scalar_text(member.part("member"), entry, "iso8601"));
      }
    } else if (member.is("map")) {
      for (const auto& [key, entry] : value.items()) {
        request.query.emplace_back(key, entry.get<std::string>());
      }
    } else {
      request.query.emplace_back(wire, scalar_text(member, value, "iso8601"));
    }
  }

  void add_fixed_query(std::string_view text) {
    while (!text.empty()) {
      const std::string_view pair = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(text.size(), pair.size() + 1));
      const std::size_t equals = pair.find('=');
      request.query.emplace_back(
          pair.substr(0, equals),
          equals == std::string_view::npos ? "" : std::string(pair.substr(equals + 1)));
    }
  }

  std::map<std::string, std::string> labels_;
};

void set_body(const ServiceModel& model, const json& input, const json& parameters,
              RestRequest& rest) {
  const Shape shape = model.shape(input);
  const bool xml = model.protocol() == Protocol::kRestXml;
  const std::string payload = shape.text("payload");
  std::string type = xml ? "application/xml" : "application/json";
  if (!payload.empty()) {
    if (!parameters.contains(payload)) return;
    const Shape member = shape.member(payload);
    const json& value = parameters.at(payload);
    if (member.is("blob") || member.is("string")) {
      rest.request.body = value.get<std::string>();
      type = "application/octet-stream";
    } else {
      rest.request.body = xml ? xml_body(member, value, member.wire_name(payload))
                              : json_body(member, value).dump();
    }
  } else if (rest.has_body) {
    rest.request.body = xml ? xml_body(shape, parameters, shape.wire_name("Request"))
                            : json_body(shape, parameters).dump();
  } else if (xml || rest.request.method == "GET" || rest.request.method == "DELETE") {
    return;
  } else {
    rest.request.body = "{}";
  }
  for (const auto& [name, value] : rest.request.headers) {
    if (lower_case(name) == "content-type") return;
  }
  rest.request.headers.emplace_back("Content-Type", type);
}

// Some calls want a checksum of the body, whichever.
void add_checksum(HttpRequest& request) {
  constexpr std::string_view kAlgorithm = "x-amz-sdk-checksum-algorithm";
  std::erase_if(request.headers,
                [&](const auto& header) { return lower_case(header.first) == kAlgorithm; });
  request.headers.emplace_back(kAlgorithm, "SHA256");
  request.headers.emplace_back("x-amz-checksum-sha256", sha256_base64(request.body));
}

}  // namespace

std::string xml_body(const Shape& shape, const json& value, const std::string& name) {
  pugi::xml_document document;
  write_xml(shape, value, document, name);
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

EncodedRequest encode_rest(const ServiceModel& model, const Operation& operation,
                           const json& parameters) {
  EncodedRequest result;
  const json& described = model.operation(operation.name);
  const json* input = model.side(operation.name, "input");
  RestRequest rest;
  if (input != nullptr) rest.place(model.shape(*input), parameters);
  rest.request.method = described.at("http").at("method").get<std::string>();
  std::string uri = described.at("http").at("requestUri").get<std::string>();
  const bool s3 = model.signing_name() == "s3";
  if (s3 && uri.starts_with("/{Bucket}")) {
    result.bucket = parameters.value("Bucket", "");
    uri = uri.substr(std::string_view("/{Bucket}").size());
    if (!uri.starts_with('/')) uri.insert(0, "/");
  }
  result.refusal = rest.fill(uri);
  if (!result.refusal.empty()) return result;
  if (input != nullptr) set_body(model, *input, parameters, rest);
  if (s3) {
    rest.request.headers.emplace_back("x-amz-content-sha256", sha256_hex(rest.request.body));
  }
  if (described.value("httpChecksumRequired", false)) add_checksum(rest.request);
  result.request = std::move(rest.request);
  return result;
}

}  // namespace firedrill::aws
