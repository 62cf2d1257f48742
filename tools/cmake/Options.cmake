# Every option of the build, and firedrill_options, which carries what each target of ours is
# compiled with. Third-party targets never see it. CMakePresets.json only chooses among these.
option(FIREDRILL_TESTS "Build the tests (needs Catch2)" ON)
option(FIREDRILL_WERROR "Treat warnings as errors (continuous integration)" OFF)
option(FIREDRILL_ASSERTIONS "Check preconditions of the standard library at run time" OFF)
set(FIREDRILL_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")
set(FIREDRILL_MAINTAINER "firedrill maintainers <maintainers@firedrill.invalid>"
    CACHE STRING "Contact in the .deb")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "GCC 12 or newer is needed for C++20 coroutines, "
    "this is GCC ${CMAKE_CXX_COMPILER_VERSION}")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

add_library(firedrill_options INTERFACE)
target_include_directories(firedrill_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(firedrill_options INTERFACE
  # Contracted multiply-adds would change the last digits of a result from machine to machine.
  -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wextra-semi -Wunused
  # A value is made with the fields that matter: each type says what the others begin as.
  -Wno-missing-field-initializers
  $<$<BOOL:${FIREDRILL_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(firedrill_options INTERFACE
    -Wduplicated-cond -Wlogical-op -Wsuggest-override
    # GCC 12 reports "literal" + std::string (GCC bug 105651).
    -Wno-restrict)
  if(FIREDRILL_WERROR)
    # These depend on what was inlined and are wrong now and then in GCC 12: shown, not fatal.
    target_compile_options(firedrill_options INTERFACE
      -Wno-error=maybe-uninitialized -Wno-error=array-bounds -Wno-error=stringop-overflow
      -Wno-error=stringop-overread -Wno-error=dangling-pointer -Wno-error=free-nonheap-object)
  endif()
endif()
if(FIREDRILL_ASSERTIONS)
  target_compile_definitions(firedrill_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()

# Hardening as Debian does it. Fortified functions need an optimizer and hide from a sanitizer.
# Position independent as an executable is, not as a shared library, whose functions could be
# replaced at load time and are therefore not inlined.
target_compile_options(firedrill_options INTERFACE -fPIE -fstack-protector-strong)
target_link_options(firedrill_options INTERFACE -pie -Wl,-z,relro,-z,now)
if(FIREDRILL_SANITIZE)
  # What is left out of UBSan are its checks of pointers: AddressSanitizer sees what such a pointer
  # does, and they are half of the time that a sanitized build takes.
  target_compile_options(firedrill_options INTERFACE
    -fsanitize=${FIREDRILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -fno-sanitize=null,alignment,object-size,pointer-overflow,vptr)
  target_link_options(firedrill_options INTERFACE -fsanitize=${FIREDRILL_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(firedrill_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

# Sources are compiled together, a few at a time: a whole build takes a fraction of the time, since
# headers are read once for many sources. The tidy preset builds without, so that every source
# stands alone.
option(FIREDRILL_UNITY "Compile sources together" ON)
set(CMAKE_UNITY_BUILD ${FIREDRILL_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
if(FIREDRILL_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A type with a member from an unnamed namespace is a mistake in a header. Compiled together, a
  # source looks like one.
  target_compile_options(firedrill_options INTERFACE -Wno-subobject-linkage)
endif()

# Texts and answers of a provider are worked on once a run: the optimizer gains nothing
# there, and takes a third of the time that a build takes, half of it under sanitizers.
function(firedrill_cold target)
  if(FIREDRILL_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  else()
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

find_program(CCACHE ccache)
if(CCACHE)
  # Without these it does not store what is compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
