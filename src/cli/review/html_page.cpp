#include "cli/review/html_page.hpp"

#include <array>

#include "opentraces/core/version.hpp"
#include "opentraces/flow/background.hpp"
#include "opentraces/flow/export.hpp"
#include "opentraces/flow/hooks.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::string_view k_pages = "pages";

class NoSink final : public json::Sink {
public:
    void write(std::string_view) override {}
};

std::string write_page(Context& context, Project& project, const TraceId& id) {
    const std::string folder = fs::join(store::in_project(project.root, store::k_cache_folder), k_pages);
    const auto disk = context.ports.disk.beneath(project.root);
    disk->make_directories(folder, 0700);
    const std::string path = fs::join(folder, id.str() + ".html");
    flow::Ports ports{*disk, context.ports.clock, context.ports.ids, context.ports.transport,
                      context.ports.environment};
    formats::ExportOptions options;
    options.program_version = program_version();
    NoSink nowhere;
    const flow::ExportSource source{
        [&](flow::LineVisitor& visitor) { flow::visit_stored(visitor, *project.store, {id}); },
        Error(ErrorCode::NotFound, "the trace is gone")};
    flow::ExportTarget target;
    target.path = path;
    const flow::ExportResult result = flow::export_traces(ports, formats::format_named("html"), options,
                                                          target, source, nowhere, context.progress);
    if (!result.tally.failures.empty())
        throw Error(ErrorCode::CorruptTrace, result.tally.failures.kept().front().what.words);
    disk->set_mode(path, 0600);
    return path;
}

// Where a browser would open on the machine that somebody sits at.
bool may_open(const Environment& environment) {
    if (environment.get("SSH_CONNECTION") || environment.get("SSH_TTY")) return false;
#ifdef __APPLE__
    return true;
#else
    return environment.get("DISPLAY") || environment.get("WAYLAND_DISPLAY");
#endif
}

bool open_with_system(Context& context, const std::string& path) {
    if (!may_open(context.ports.environment)) return false;
    for (const char* const name : {"xdg-open", "open"}) {
        const std::string program =
            flow::program_on_path(name, context.ports.environment, context.ports.disk);
        if (!program.empty()) return flow::start_program_detached({program, path});
    }
    return false;
}

}  // namespace

std::string write_and_open_html(Context& context, Project& project, const TraceId& id) {
    const std::string path = write_page(context, project, id);
    return (open_with_system(context, path) ? "Opened " : "Open in a browser: ") + path;
}

}  // namespace opentraces::cli::review
