# The third-party libraries as archives: curl and fmt from scripts/build-static-deps,
# the rest from Debian's -dev packages.
set(OPENTRACES_STATIC_DEPS "${PROJECT_SOURCE_DIR}/build/static-deps" CACHE PATH
    "Where scripts/build-static-deps put its archives")

function(opentraces_find_static_dependencies target)
  if(NOT EXISTS "${OPENTRACES_STATIC_DEPS}/versions")
    message(FATAL_ERROR "No archives in ${OPENTRACES_STATIC_DEPS}: run scripts/build-static-deps first")
  endif()
  find_package(fmt 9.1 REQUIRED PATHS "${OPENTRACES_STATIC_DEPS}" NO_DEFAULT_PATH)
  find_library(OPENTRACES_CURL_ARCHIVE libcurl.a REQUIRED PATHS "${OPENTRACES_STATIC_DEPS}/lib" NO_DEFAULT_PATH)
  set(archives ${OPENTRACES_CURL_ARCHIVE})
  # Each archive before the ones that it needs.
  foreach(name IN ITEMS nghttp2 cares ssl crypto zstd z sqlite3 yaml re2 tinfo)
    string(TOUPPER OPENTRACES_${name}_ARCHIVE variable)
    find_library(${variable} lib${name}.a REQUIRED)
    list(APPEND archives ${${variable}})
  endforeach()
  target_include_directories(${target} INTERFACE "${OPENTRACES_STATIC_DEPS}/include")
  target_compile_definitions(${target} INTERFACE CURL_STATICLIB)
  target_link_libraries(${target} INTERFACE fmt::fmt ${archives} m)
endfunction()
