# Optimised builds read hostile bytes and hold a token: their addresses are random, their tables read-only, and what
# overruns a buffer ends the program. Developers' builds are left to the sanitizers, which look for more.
option(OPENTRACES_HARDENING "Harden optimised builds: PIE, RELRO, stack protector, _FORTIFY_SOURCE=2" ON)

if(OPENTRACES_HARDENING AND NOT OPENTRACES_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
  # What a distribution's own flags say of _FORTIFY_SOURCE is replaced, not repeated.
  add_compile_options(-fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  # Not for macOS, whose linker does this by itself and knows none of these words.
  if(NOT APPLE)
    add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  endif()
  if(NOT OPENTRACES_STATIC)
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)
  endif()
endif()
