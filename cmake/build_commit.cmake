# A script: writes OUT, a header with the commit that the source in SOURCE is of; only when that has changed, so
# that nothing is compiled again for nothing. Outside of a repository it is what OPENTRACES_COMMIT says.
if(NOT COMMIT)
  execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE COMMIT ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
set(text "#define OPENTRACES_COMMIT \"${COMMIT}\"\n")
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
