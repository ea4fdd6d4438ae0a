#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "enrich/languages.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array<Row, 40> k_by_extension = {{
    {"py", "python"},      {"ipynb", "python"},   {"ts", "typescript"}, {"tsx", "typescript"},
    {"mts", "typescript"}, {"cts", "typescript"}, {"js", "javascript"}, {"jsx", "javascript"},
    {"mjs", "javascript"}, {"cjs", "javascript"}, {"rb", "ruby"},       {"rs", "rust"},
    {"go", "go"},          {"java", "java"},      {"swift", "swift"},   {"kt", "kotlin"},
    {"kts", "kotlin"},     {"cs", "csharp"},      {"c", "c"},           {"h", "c"},
    {"cpp", "cpp"},        {"cc", "cpp"},         {"cxx", "cpp"},       {"hpp", "cpp"},
    {"hh", "cpp"},         {"php", "php"},        {"scala", "scala"},   {"ex", "elixir"},
    {"exs", "elixir"},     {"dart", "dart"},      {"lua", "lua"},       {"r", "r"},
    {"jl", "julia"},       {"zig", "zig"},        {"sql", "sql"},       {"hs", "haskell"},
    {"ml", "ocaml"},       {"clj", "clojure"},    {"erl", "erlang"},    {"nim", "nim"},
}};

template <std::size_t N>
std::string_view find(const std::array<Row, N>& rows, std::string_view key) {
    const auto* row =
        std::find_if(rows.begin(), rows.end(), [key](const Row& known) { return known.first == key; });
    return row == rows.end() ? std::string_view{} : row->second;
}

std::string_view file_name(std::string_view path) {
    const std::size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view language_of_path(std::string_view path) {
    const std::string_view name = file_name(path);
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return {};
    return find(k_by_extension, to_lower_ascii(name.substr(dot + 1)));
}

bool searches(std::string_view tool) {
    const std::string name = to_lower_ascii(tool);
    for (const std::string_view part : {"grep", "glob", "search", "list", "find"})
        if (name.find(part) != std::string::npos) return true;
    return name == "ls";
}

class Collector {
public:
    void add_path(std::string_view path) {
        const std::string_view language = language_of_path(path);
        if (!language.empty()) m_languages.emplace(language);
    }

    void add_call(const trace::ToolCall& call) {
        if (searches(call.tool_name)) return;
        for (const std::string_view key : {"file_path", "filePath", "path", "notebook_path"}) {
            const json::Value* path = call.input.find(key);
            if (path != nullptr) add_path(path->string_or());
        }
    }

    // Files that a command shows; what it is called says nothing.
    void add_command(const Command& given) {
        const Command words = unwrapped(given);
        if (words.empty()) return;
        const bool prints = words[0] == "sed" && words.size() > 1 && words[1] == "-n";
        constexpr std::array<std::string_view, 8> k_readers = {"cat",  "head", "tail", "less",
                                                               "more", "nl",   "bat",  "batcat"};
        if (!prints && std::find(k_readers.begin(), k_readers.end(), words[0]) == k_readers.end()) return;
        for (std::size_t at = 1; at < words.size(); ++at)
            if (!words[at].starts_with('-') && words[at].find_first_of("*?$") == std::string::npos)
                add_path(words[at]);
    }

    std::vector<std::string> finish() const { return {m_languages.begin(), m_languages.end()}; }

private:
    std::set<std::string> m_languages;
};

}  // namespace

std::vector<std::string> languages_of(const trace::TraceRecord& record, const Evidence& evidence,
                                      const std::vector<ShellRun>& runs) {
    Collector languages;
    for (const trace::Step& step : record.steps)
        for (const trace::ToolCall& call : step.tool_calls)
            languages.add_call(call);
    for (const FileChange& change : evidence.changes)
        languages.add_path(change.path);
    for (const ShellRun& run : runs)
        for (const ShellCommand& command : run.commands)
            languages.add_command(command.words);
    for (const ShellEdit& edit : shell_edits_of(runs))
        languages.add_path(edit.target.empty() ? edit.path : edit.target);
    return languages.finish();
}

}  // namespace opentraces::enrich
