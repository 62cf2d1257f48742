#include <charconv>

#include "engine/live/aws/decode_detail.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

// Elements may carry the prefix of a namespace.
std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::vector<pugi::xml_node> children(pugi::xml_node parent, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node child : parent.children()) {
    if (child.type() == pugi::node_element && (name.empty() || local_name(child.name()) == name)) {
      found.push_back(child);
    }
  }
  return found;
}

json xml_structure(const Shape& shape, pugi::xml_node node) {
  json value = json::object();
  for (const auto& [name, unused] : shape.members().items()) {
    const Shape member = shape.member(name);
    if (!member.text("location").empty()) continue;
    const std::string wire = member.wire_name(name);
    if (member.flag("xmlAttribute")) {
      const pugi::xml_attribute attribute = node.attribute(wire.c_str());
      if (attribute) value[name] = attribute.value();
      continue;
    }
    auto nodes = children(node, wire);
    if (nodes.empty() && member.is("list") && member.flag("flattened")) {
      const std::string own = member.part("member").wire_name("");
      if (!own.empty()) nodes = children(node, own);
    }
    if (!nodes.empty()) value[name] = xml_value(member, nodes);
  }
  return value;
}

json xml_map(const Shape& shape, const std::vector<pugi::xml_node>& entries) {
  json value = json::object();
  const Shape element = shape.part("value");
  const std::string key_name = shape.part("key").wire_name("key");
  for (const pugi::xml_node entry : entries) {
    const std::string key = entry.child(key_name.c_str()).text().get();
    value[key] = xml_value(element, children(entry, element.wire_name("value")));
  }
  return value;
}

}  // namespace

json typed_scalar(const Shape& shape, const std::string& text) {
  if (shape.is("boolean")) return text == "true";
  const char* end = text.data() + text.size();
  if (shape.is("integer") || shape.is("long")) {
    std::int64_t number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && at == end) return number;
  } else if (shape.is("float") || shape.is("double")) {
    double number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && at == end) return number;
  }
  return text;
}

json xml_value(const Shape& shape, const std::vector<pugi::xml_node>& nodes) {
  if (nodes.empty()) return nullptr;
  const bool flat = shape.flag("flattened");
  if (shape.is("structure")) return xml_structure(shape, nodes.front());
  if (shape.is("list")) {
    json value = json::array();
    const Shape member = shape.part("member");
    for (const auto& node : flat ? nodes : children(nodes.front(), "")) {
      value.push_back(xml_value(member, {node}));
    }
    return value;
  }
  if (shape.is("map")) return xml_map(shape, flat ? nodes : children(nodes.front(), "entry"));
  return typed_scalar(shape, nodes.front().text().get());
}

}  // namespace firedrill::aws
