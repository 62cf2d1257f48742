// What a service's API looks like on the wire: operations, shapes and where each member goes.
//
// The models are those of botocore (Apache-2.0, service_models/README.md), cut down to the
// operations of the table by service_models/trim.py. Encoders and readers follow them and know no
// service by name.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace firedrill::aws {

enum class Protocol { kJson, kRestJson, kRestXml, kQuery, kEc2 };

/// A use of a shape: the shape's own traits, unless the place where it is used says otherwise.
class Shape {
 public:
  Shape(const nlohmann::json& shapes, const nlohmann::json& reference);

  /// "structure", "list", "map", "string", "timestamp", "blob", ...
  std::string type() const { return text("type"); }
  bool is(std::string_view type) const { return shape_->at("type") == type; }
  /// A trait as text; empty when there is none.
  std::string text(std::string_view trait) const;
  bool flag(std::string_view trait) const;
  const nlohmann::json* trait(std::string_view name) const;
  /// What it is called on the wire, or `otherwise`.
  std::string wire_name(std::string_view otherwise) const;

  /// Members of a structure by name: an object.
  const nlohmann::json& members() const;
  bool has_member(const std::string& name) const { return members().contains(name); }
  Shape member(const std::string& name) const;
  /// Of a list or a map: "member", "key" or "value".
  Shape part(const char* which) const { return Shape(*shapes_, shape_->at(which)); }

 private:
  const nlohmann::json* shapes_;
  const nlohmann::json* reference_;
  const nlohmann::json* shape_;
};

class ServiceModel {
 public:
  /// Parsed once for each service; throws std::out_of_range for one that there is no model of.
  static const ServiceModel& of(std::string_view service);

  explicit ServiceModel(std::string_view text) : document_(nlohmann::json::parse(text)) {}

  Protocol protocol() const;
  /// A member of the model's metadata: "apiVersion", "endpointPrefix"; empty when there is none.
  std::string metadata(const char* name) const;
  /// Whether errors name the code of an earlier query protocol in a header.
  bool query_compatible() const { return document_["metadata"].value("queryCompatible", false); }
  std::string signing_name() const;

  const nlohmann::json& operation(std::string_view name) const;
  /// Null when the operation takes, or answers, nothing.
  const nlohmann::json* side(std::string_view operation, const char* which) const;
  Shape shape(const nlohmann::json& reference) const {
    return Shape(document_.at("shapes"), reference);
  }

 private:
  nlohmann::json document_;
};

/// The parameters or the reply with each sensitive value replaced, as it may be written down.
/// `side` is "input" or "output".
nlohmann::json redacted(std::string_view service, std::string_view operation, const char* side,
                        const nlohmann::json& value);

}  // namespace firedrill::aws
