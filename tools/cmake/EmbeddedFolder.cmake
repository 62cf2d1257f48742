# Makes a C++ source that holds every file below a folder, by its path:
#   cmake -DFOLDER=FOLDER -DTO=SOURCE -DNAME=FUNCTION -DHEADER=DECLARED_IN -P EmbeddedFolder.cmake
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
file(WRITE "${TO}.new" "#include \"${HEADER}\"\n\nnamespace firedrill {\n"
  "const std::vector<EmbeddedFile>& ${NAME}() {\n"
  "  static const std::vector<EmbeddedFile> files = {\n")
foreach(file IN LISTS files)
  file(READ "${FOLDER}/${file}" text)
  string(FIND "${text}" ")embedded\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds the end mark of the literal that it is put into")
  endif()
  file(APPEND "${TO}.new" "      {\"${file}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(APPEND "${TO}.new" "  };\n  return files;\n}\n}  // namespace firedrill\n")
file(RENAME "${TO}.new" "${TO}")
