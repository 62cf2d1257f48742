# Makes a C++ source of the service models:
#   cmake -DFOLDER=FOLDER_OF_JSON -DSERVICES=a,b,c -DTO=SOURCE -P EmbeddedModels.cmake
string(REPLACE "," ";" services "${SERVICES}")
file(WRITE "${TO}.new" "#include \"engine/live/aws/service_models.hpp\"\n"
  "namespace firedrill::aws {\nstd::string_view service_model_text(std::string_view service) {\n")
foreach(service IN LISTS services)
  file(READ "${FOLDER}/${service}.json" text)
  string(FIND "${text}" ")model\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${service}.json holds the end of a raw string")
  endif()
  file(APPEND "${TO}.new" "  if (service == \"${service}\") return R\"model(${text})model\";\n")
endforeach()
file(APPEND "${TO}.new" "  return {};\n}\n}  // namespace firedrill::aws\n")
file(RENAME "${TO}.new" "${TO}")
