// complete KIND [WORD]: what the scripts of `completion` ask for while somebody types. It reads, says one
// candidate a line, and whatever goes wrong is no answer.
#include <algorithm>

#include "cli/command.hpp"
#include "cli/help_page.hpp"
#include "cli/project_context.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/formats/importer.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string kind;
    std::string word;
};

using Texts = std::vector<std::string>;

Texts ids(Context& context) {
    const Project project = open_project_for_reading(context);
    Texts texts;
    for (const store::TraceRow& row : project.store->list({}))
        texts.push_back(row.id.str());
    return texts;
}

Texts remotes(Context& context) {
    return dataset::remote_names(store::load_project(project_root(context), context.ports.disk));
}

Texts agents() {
    Texts texts;
    for (const capture::Agent* const agent : capture::agents())
        texts.emplace_back(agent->name);
    return texts;
}

Texts settings() {
    Texts texts;
    for (const store::Setting& setting : store::settings_table())
        if (setting.traits.set_by.empty()) texts.emplace_back(setting.key);
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

Texts formats_known() {
    Texts texts;
    for (const formats::Format& format : formats::formats())
        texts.emplace_back(format.name);
    return texts;
}

Texts parsers() {
    Texts texts;
    for (const formats::Importer& importer : formats::importers())
        texts.emplace_back(importer.name);
    return texts;
}

// Words of a group come after it, and are the script's own.
Texts first_words() {
    Texts words = help_places(Program());
    std::erase_if(words, [](const std::string& place) { return place.find(' ') != place.npos; });
    return words;
}

Texts candidates(Context& context, const std::string& kind) {
    if (kind == name_of(Candidates::Ids)) return ids(context);
    if (kind == name_of(Candidates::Remotes)) return remotes(context);
    if (kind == name_of(Candidates::Agents)) return agents();
    if (kind == name_of(Candidates::Settings)) return settings();
    if (kind == name_of(Candidates::Formats)) return formats_known();
    if (kind == name_of(Candidates::Parsers)) return parsers();
    if (kind == name_of(Candidates::Commands)) return first_words();
    return {};
}

Answer run(Context& context, const Options& options) {
    Texts found;
    try {
        found = candidates(context, options.kind);
    } catch (const Error&) {
        found.clear();
    }
    Answer answer;
    json::Array array;
    for (const std::string& text : found) {
        if (!text.starts_with(options.word)) continue;
        answer.text += text + "\n";
        array.emplace_back(text);
    }
    answer.fields.append("candidates", std::move(array));
    return answer;
}

}  // namespace

Run declare_complete(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("KIND", options->kind, "ids, remotes, agents, settings, formats, parsers or commands")
        .required();
    accepted.add_option("WORD", options->word, "What has been typed of it");
    accepted.example("opentraces complete agents", "The agents that are known");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
