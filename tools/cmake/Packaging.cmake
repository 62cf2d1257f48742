# What is installed, and the .deb that CPack makes of it (cmake --workflow --preset release).
# Run `tools/setup package` before; without dpkg-dev only a .tar.gz is made, since the dependencies
# of a .deb on library versions come from dpkg-shlibdeps. One .deb fits one Debian release.
include(GNUInstallDirs)
set(data "${CMAKE_INSTALL_DATADIR}/firedrill")
set(doc "${CMAKE_INSTALL_DATADIR}/doc/firedrill")
set(generated "${CMAKE_BINARY_DIR}/packaging")

if(TARGET firedrill)
  install(TARGETS firedrill RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(IS_DIRECTORY "${CMAKE_SOURCE_DIR}/engine/input/schemas")
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/engine/input/schemas/" DESTINATION "${data}/schemas"
    FILES_MATCHING PATTERN "*.json")
endif()
# The negative ones are there for the tests: nobody would drill them.
install(DIRECTORY "${CMAKE_SOURCE_DIR}/scenarios/" DESTINATION "${data}/scenarios"
  FILES_MATCHING PATTERN "*.json" PATTERN "README.md" PATTERN "negative" EXCLUDE)

# Debian's own papers. Dates follow SOURCE_DATE_EPOCH: the same source gives the same package.
find_program(GZIP gzip)
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(package_release 1)
configure_file("${CMAKE_SOURCE_DIR}/tools/packaging/changelog.Debian.in"
  "${generated}/changelog.Debian" @ONLY)
configure_file("${CMAKE_SOURCE_DIR}/CHANGELOG.md" "${generated}/changelog" COPYONLY)
install(FILES "${CMAKE_SOURCE_DIR}/tools/packaging/copyright" DESTINATION "${doc}")
if(GZIP)
  foreach(name changelog changelog.Debian)
    execute_process(COMMAND "${GZIP}" -9nc "${generated}/${name}"
      OUTPUT_FILE "${generated}/${name}.gz" COMMAND_ERROR_IS_FATAL ANY)
    install(FILES "${generated}/${name}.gz" DESTINATION "${doc}")
  endforeach()
endif()
set(CPACK_PACKAGE_NAME firedrill)
set(CPACK_PACKAGE_VENDOR firedrill)
set(CPACK_PACKAGE_CONTACT "${FIREDRILL_MAINTAINER}")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "disaster-recovery drills, simulated thousands of times")
set(CPACK_PACKAGE_DESCRIPTION
"Simulates a cloud platform, the faults that hit it and the people who work
the runbooks, and compares the achieved recovery time and data loss of every
service with the targets of its tier, with how sure that is.")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE "${package_release}")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(DPKG_SHLIBDEPS)
  set(CPACK_GENERATOR DEB)
else()
  set(CPACK_GENERATOR TGZ)
endif()
include(CPack)
