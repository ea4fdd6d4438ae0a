// What most commands need first: the project that the working directory belongs to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/project.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// The nearest folder upwards with .opentraces in it; Error NotInitialized otherwise.
std::string project_root(Context& context);

struct Project {
    std::string root;
    store::ProjectConfig config;
    std::unique_ptr<store::Store> store;
};
Project open_project(Context& context);

// User and project settings for scrubbing; without a project only the user's.
security::ScrubOptions scrub_options(Context& context, const store::ProjectConfig* config);

// Ids given on the command line, or every trace of these stages with --all.
std::vector<TraceId> resolve(store::Store& store, const std::vector<std::string>& ids);

}  // namespace opentraces::cli
