if(OPENTRACES_SANITIZE)
  add_compile_options(-fsanitize=${OPENTRACES_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OPENTRACES_SANITIZE})
endif()
