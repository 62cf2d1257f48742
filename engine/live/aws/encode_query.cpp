// The query protocols: a tree of parameters as a flat form.
#include <fmt/format.h>

#include "engine/live/aws/encode_detail.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

class FormWriter {
 public:
  explicit FormWriter(Protocol protocol) : ec2_(protocol == Protocol::kEc2) {}

  void write(const Shape& shape, const json& value, const std::string& prefix) {
    if (value.is_null()) return;
    if (shape.is("structure")) {
      for (const auto& [name, entry] : value.items()) {
        const Shape member = shape.member(name);
        const std::string key = field_name(member, name);
        write(member, entry, prefix.empty() ? key : prefix + '.' + key);
      }
    } else if (shape.is("list")) {
      write_list(shape, value, prefix);
    } else if (shape.is("map")) {
      write_map(shape, value, prefix);
    } else {
      fields_.emplace_back(prefix, scalar_text(shape, value, "iso8601"));
    }
  }

  Fields take() { return std::move(fields_); }

 private:
  // EC2 names fields by `queryName`, else by the wire name with a capital letter.
  std::string field_name(const Shape& member, const std::string& name) const {
    if (!ec2_) return member.wire_name(name);
    const std::string own = member.text("queryName");
    if (!own.empty()) return own;
    std::string wire = member.wire_name(name);
    if (!wire.empty() && wire[0] >= 'a' && wire[0] <= 'z') {
      wire[0] = static_cast<char>(wire[0] - 'a' + 'A');
    }
    return wire;
  }

  void write_list(const Shape& shape, const json& value, std::string prefix) {
    const Shape member = shape.part("member");
    // An empty list is a value of its own: it clears what is there.
    if (value.empty() && !ec2_) fields_.emplace_back(prefix, "");
    if (!ec2_ && !shape.flag("flattened")) {
      prefix += '.' + member.wire_name("member");
    } else if (!ec2_ && !member.wire_name("").empty()) {
      prefix = prefix.substr(0, prefix.rfind('.') + 1) + member.wire_name("");
    }
    for (std::size_t k = 0; k < value.size(); ++k) {
      write(member, value[k], fmt::format("{}.{}", prefix, k + 1));
    }
  }

  void write_map(const Shape& shape, const json& value, std::string prefix) {
    if (!shape.flag("flattened")) prefix += ".entry";
    const Shape key = shape.part("key");
    const Shape element = shape.part("value");
    int number = 0;
    for (const auto& [name, entry] : value.items()) {
      const std::string at = fmt::format("{}.{}", prefix, ++number);
      fields_.emplace_back(at + '.' + key.wire_name("key"), name);
      write(element, entry, at + '.' + element.wire_name("value"));
    }
  }

  bool ec2_;
  Fields fields_;
};

}  // namespace

Fields form_fields(Protocol protocol, const Shape& shape, const json& parameters) {
  FormWriter writer(protocol);
  writer.write(shape, parameters, "");
  return writer.take();
}

}  // namespace firedrill::aws
