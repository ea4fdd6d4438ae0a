# Every third-party library the product uses, as one interface target. The static preset
# (cmake/static_link.cmake) replaces the ones that have no usable archive. The versions are the oldest that are
# known to do, mostly Debian 12's; newer ones are not capped.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
# Headers alone are used (TOML_HEADER_ONLY): Debian's package would link its library.
find_package(tomlplusplus 3.2 REQUIRED)

add_library(opentraces_dependencies INTERFACE)

if(OPENTRACES_STATIC)
  include(static_dependencies)
  opentraces_find_static_dependencies(opentraces_dependencies)
else()
  find_package(fmt 9.1 REQUIRED)
  find_package(OpenSSL 3.0 REQUIRED)
  find_package(CURL 7.88 REQUIRED)
  find_package(ZLIB 1.2 REQUIRED)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd>=1.4)
  pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3>=3.37)
  pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1>=0.2.5)
  # Its pkg-config file has nothing that says more: version 0.0.0, the usual folders.
  find_library(OPENTRACES_RE2 re2 REQUIRED)
  # ncurses' half that knows terminals, a library of its own where a distribution splits it; its pkg-config file would
  # have every file compiled for the X/Open of 2001.
  find_library(OPENTRACES_TERMINFO NAMES tinfo tinfow ncursesw REQUIRED)
  target_link_libraries(opentraces_dependencies INTERFACE
    fmt::fmt CURL::libcurl OpenSSL::SSL OpenSSL::Crypto PkgConfig::SQLITE3 PkgConfig::YAML
    ZLIB::ZLIB PkgConfig::ZSTD ${OPENTRACES_RE2} ${OPENTRACES_TERMINFO})
endif()
target_link_libraries(opentraces_dependencies INTERFACE
  nlohmann_json::nlohmann_json CLI11::CLI11 Threads::Threads)
