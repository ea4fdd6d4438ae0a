# Every third-party library the product uses, as one interface target. The static preset
# (cmake/static_link.cmake) replaces the ones that have no usable archive.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)

add_library(opentraces_dependencies INTERFACE)

if(OPENTRACES_STATIC)
  include(static_dependencies)
  opentraces_find_static_dependencies(opentraces_dependencies)
else()
  find_package(OpenSSL REQUIRED)
  find_package(CURL REQUIRED)
  find_package(simdjson REQUIRED)
  pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
  target_link_libraries(opentraces_dependencies INTERFACE
    fmt::fmt simdjson::simdjson CURL::libcurl OpenSSL::SSL OpenSSL::Crypto PkgConfig::SQLITE3 PkgConfig::YAML)
endif()
target_link_libraries(opentraces_dependencies INTERFACE
  nlohmann_json::nlohmann_json CLI11::CLI11 Threads::Threads)
