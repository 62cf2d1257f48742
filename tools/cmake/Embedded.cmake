# Writes a C++ source that holds the text of a file:
#   cmake -DFROM=FILE -DTO=SOURCE -DNAME=FUNCTION -DHEADER=DECLARED_IN -P Embedded.cmake
file(READ "${FROM}" text)
string(FIND "${text}" ")embedded\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${FROM} holds the end mark of the literal that it is put into")
endif()
file(WRITE "${TO}" "#include \"${HEADER}\"\n\n"
  "namespace firedrill {\n"
  "std::string_view ${NAME}() {\n  return R\"embedded(${text})embedded\";\n}\n"
  "}  // namespace firedrill\n")
