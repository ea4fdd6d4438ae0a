#include <fmt/format.h>

#include <algorithm>

#include "cli/command.hpp"
#include "cli/program.hpp"
#include "cli/project_context.hpp"
#include "cli/review/plain.hpp"
#include "cli/review/reviewer.hpp"
#include "cli/review/screen.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    bool plain = false;
};

review::SessionList list_of(Context& context, store::Store& store, const Selection& selection) {
    const SelectionDefaults defaults{.stages = {store::Stage::Inbox}};
    store::Filter filter = filter_of(context, selection, defaults);
    std::vector<store::Stage> stages = std::move(filter.stages);
    filter.stages.clear();
    if (!selection.has_ids() && selection.grep.empty()) {
        filter.limit = std::max<std::int64_t>(selection.limit, 0);
        return {store, std::move(filter), std::move(stages), std::nullopt};
    }
    return {store, std::move(filter), std::move(stages), select(context, store, selection, defaults).ids()};
}

json::Array id_array(const std::vector<TraceId>& ids) {
    json::Array array;
    for (const TraceId& id : ids)
        array.emplace_back(id.str());
    return array;
}

std::int64_t waiting(store::Store& store) {
    store::Filter filter;
    filter.stages = {store::Stage::Inbox};
    return store.count(filter);
}

Answer answer_of(const review::Actions& actions, store::Store& store) {
    const review::Done& done = actions.done();
    const std::int64_t left = waiting(store);
    std::vector<TraceId> decided;
    const auto add = [&](Answer& answer, std::string name, const std::vector<TraceId>& ids) {
        answer.fields.append(std::move(name), static_cast<std::int64_t>(ids.size()));
        for (const TraceId& id : ids)
            if (std::find(decided.begin(), decided.end(), id) == decided.end()) decided.push_back(id);
    };
    Answer answer;
    add(answer, "committed", done.committed);
    add(answer, "rejected", done.rejected);
    add(answer, "reset", done.reset);
    add(answer, "marked", done.marked);
    add(answer, "redacted_traces", done.redacted);
    answer.fields.append("undone_decisions", done.undone);
    answer.fields.append("in_inbox", left);
    answer.fields.append("trace_ids", id_array(decided));
    answer.text =
        fmt::format("Committed {}, rejected {}, marked {} as looked at, undid {}; {} in the inbox.\n",
                    done.committed.size(), done.rejected.size(), done.marked.size(), done.undone, left);
    if (!done.committed.empty()) answer.text += "Next: opentraces push\n";
    return answer;
}

// As if it had been typed in the project's folder.
Answer push(Context& context, const std::string& root) {
    Environment environment = context.ports.environment;
    environment.working_directory = root;
    flow::Ports ports{context.ports.disk, context.ports.clock, context.ports.ids, context.ports.transport,
                      environment};
    Context there{ports, context.terminal, context.progress, context.json, context.quiet};
    Program program;
    return (*program.parse({"push"}).run)(there);
}

bool run_on_screen(review::Actions& actions, review::SessionList& list, review::Screen& screen) {
    review::Reviewer reviewer(actions, list, screen.size());
    while (!reviewer.ended()) {
        screen.show(reviewer.paint());
        const review::Event event = screen.next();
        if (event.kind == review::Event::Kind::Resize) reviewer.resize(screen.size());
        reviewer.take(event);
    }
    return reviewer.wants_push();
}

Answer run(Context& context, const Options& options) {
    Project project = open_selected_project(context, options.selection);
    review::SessionList list = list_of(context, *project.store, options.selection);
    review::Actions actions(context, project);
    auto screen = options.plain || context.json ? nullptr : context.terminal.open_screen();
    if (screen == nullptr) {
        review::run_plain(actions, list);
        return answer_of(actions, *project.store);
    }
    const bool wants_push = run_on_screen(actions, list, *screen);
    screen.reset();
    Answer answer = answer_of(actions, *project.store);
    if (!wants_push) return answer;
    const std::string root = project.root;
    Answer pushed = push(context, root);
    pushed.text = answer.text + pushed.text;
    return pushed;
}

}  // namespace

Run declare_review(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection, "Sessions to look through, instead of the inbox");
    accepted.add_flag("--plain", options->plain, "Questions, one after the other, instead of a full screen");
    accepted.check([options] {
        const auto& ids = options->selection.ids;
        if (std::find(ids.begin(), ids.end(), "-") != ids.end())
            throw Error(ErrorCode::BadOption,
                        "answers are read from standard input: ids cannot come from there");
    });
    accepted.example("opentraces review", "What waits in the inbox");
    accepted.example("opentraces review --needs-review", "What a person should look at");
    accepted.example("opentraces review --plain", "Questions, which a script may answer, too");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
