# firedrill_options carries what every target of ours is compiled with. Third-party targets never see it.
option(FIREDRILL_WERROR "Treat warnings as errors (continuous integration)" OFF)
set(FIREDRILL_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")

add_library(firedrill_options INTERFACE)
target_include_directories(firedrill_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(firedrill_options INTERFACE
  # Contracted multiply-adds would change the last digits of a result from machine to machine.
  -ffp-contract=off
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast
  $<$<BOOL:${FIREDRILL_WERROR}>:-Werror>)

if(FIREDRILL_SANITIZE)
  target_compile_options(firedrill_options INTERFACE
    -fsanitize=${FIREDRILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(firedrill_options INTERFACE -fsanitize=${FIREDRILL_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
