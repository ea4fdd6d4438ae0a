// What most commands need first: the project that the working directory belongs to.
#pragma once

#include <cstdint>
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

// Excluded by the project's settings or by the user's.
bool is_excluded(Context& context, const Project& project);

// "200MB", "64MiB", "1000": bytes. Error BadOption for anything else.
std::uint64_t parse_size(const std::string& text);

// User and project settings for scrubbing; without a project only the user's.
security::ScrubOptions scrub_options(Context& context, const store::ProjectConfig* config);

// Full ids of the given ids and prefixes, each once. Errors as Store::find.
std::vector<TraceId> resolve(store::Store& store, const std::vector<std::string>& ids);

}  // namespace opentraces::cli
