# Manual pages and completions are made by the program itself, from its list of commands, once it is linked.
# A program for another machine cannot be asked: then none are installed.
include(GNUInstallDirs)

function(opentraces_install_shared_files executable)
  if(CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(share ${CMAKE_CURRENT_BINARY_DIR}/share)
  set(bash ${share}/bash-completion/completions)
  set(zsh ${share}/zsh/site-functions)
  set(fish ${share}/fish/vendor_completions.d)
  # Nothing of the user who builds is read.
  set(ask ${CMAKE_COMMAND} -E env --unset=HOME --unset=OPENTRACES_HOME $<TARGET_FILE:${executable}>)
  add_custom_command(
    OUTPUT ${share}/made
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${share}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${bash} ${zsh} ${fish}
    COMMAND ${ask} --quiet man --output ${share}/man/man1 > ${CMAKE_CURRENT_BINARY_DIR}/shared_files.log
    COMMAND ${ask} completion bash > ${bash}/opentraces
    COMMAND ${ask} completion zsh > ${zsh}/_opentraces
    COMMAND ${ask} completion fish > ${fish}/opentraces.fish
    COMMAND ${CMAKE_COMMAND} -E touch ${share}/made
    DEPENDS ${executable}
    COMMENT "Manual pages and completions"
    VERBATIM)
  add_custom_target(opentraces_shared_files ALL DEPENDS ${share}/made)
  install(DIRECTORY ${share}/man/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(DIRECTORY ${share}/bash-completion ${share}/zsh ${share}/fish DESTINATION ${CMAKE_INSTALL_DATADIR})
endfunction()
