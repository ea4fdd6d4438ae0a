# The headers that most files read, read once for each target. No file may rely on them: OPENTRACES_PCH=OFF does without.
set(OPENTRACES_COMMON_HEADERS
    <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
    <unordered_map> <unordered_set> <utility> <variant> <vector>)

# opentraces_precompile(TARGET [HEADER]...): the common headers and these.
function(opentraces_precompile target)
  if(OPENTRACES_PCH)
    target_precompile_headers(${target} PRIVATE ${OPENTRACES_COMMON_HEADERS} ${ARGN})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # A compiler cache may bring the precompiled headers of another folder back: content counts, not the time.
      target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()
endfunction()

# opentraces_precompile_as(TARGET OTHER): the headers that OTHER, whose options are the same, has precompiled.
function(opentraces_precompile_as target other)
  if(OPENTRACES_PCH)
    target_precompile_headers(${target} REUSE_FROM ${other})
  endif()
endfunction()
