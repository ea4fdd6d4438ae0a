# Turns an executable into one file that needs nothing of the system it runs on.
#
# The linker warns that dlopen (OpenSSL's engines, SQLite's extensions), getaddrinfo and gethostbyname
# (OpenSSL's own sockets), getservbyname (service names in c-ares) would need shared libraries at run time.
# The program reaches none of them: curl resolves names through c-ares and passes ports as numbers, does not
# read OpenSSL's configuration file, and nothing loads SQLite extensions. scripts/check-static proves it.
# For the same reason the program itself must not call getaddrinfo, getpwuid, iconv or dlopen.
include(CheckLinkerFlag)

function(opentraces_link_statically executable)
  # -static alone would link for fixed addresses: the program relocates itself, so that they are random. The
  # relocations cost 7 % of the file's size, packed ones next to nothing.
  foreach(target IN ITEMS opentraces_core ${executable})
    target_compile_options(${target} PRIVATE -fPIE -ffunction-sections -fdata-sections)
  endforeach()
  target_link_options(${executable} PRIVATE -static-pie -s -Wl,--gc-sections)
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs OPENTRACES_LINKER_PACKS_RELOCATIONS)
  if(OPENTRACES_LINKER_PACKS_RELOCATIONS)
    target_link_options(${executable} PRIVATE -Wl,-z,pack-relative-relocs)
  endif()
endfunction()
