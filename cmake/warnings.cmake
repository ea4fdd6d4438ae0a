# Strict for developers, quiet for users: a newer compiler must never break somebody's build.
add_library(opentraces_warnings INTERFACE)
if(OPENTRACES_STRICT)
  target_compile_options(opentraces_warnings INTERFACE -Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports these inside libstdc++ and fmt when it inlines across std::string and std::variant, the more so
    # with precompiled headers. clang and the sanitizers look for the same.
    target_compile_options(opentraces_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-dangling-pointer
                           -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    # g++ means a header whenever a class of an unnamed namespace is not in the file that it was told to compile.
    if(OPENTRACES_UNITY)
      target_compile_options(opentraces_warnings INTERFACE -Wno-subobject-linkage)
    endif()
  endif()
endif()
