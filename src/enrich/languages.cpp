#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "enrich/shell.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

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

constexpr std::array<Row, 30> k_by_program = {{
    {"python", "python"},  {"python3", "python"},  {"pip", "python"},      {"pip3", "python"},
    {"pytest", "python"},  {"uv", "python"},       {"poetry", "python"},   {"node", "javascript"},
    {"npm", "javascript"}, {"pnpm", "javascript"}, {"yarn", "javascript"}, {"bun", "javascript"},
    {"npx", "javascript"}, {"tsc", "typescript"},  {"cargo", "rust"},      {"rustc", "rust"},
    {"go", "go"},          {"bundle", "ruby"},     {"gem", "ruby"},        {"ruby", "ruby"},
    {"mvn", "java"},       {"gradle", "java"},     {"javac", "java"},      {"dotnet", "csharp"},
    {"swift", "swift"},    {"mix", "elixir"},      {"composer", "php"},    {"php", "php"},
    {"dart", "dart"},      {"zig", "zig"},
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

void add_call(const trace::ToolCall& call, std::set<std::string>& languages) {
    for (const std::string_view key : {"file_path", "path", "notebook_path"}) {
        const json::Value* path = call.input.find(key);
        if (path == nullptr) continue;
        const std::string_view language = language_of_path(path->string_or());
        if (!language.empty()) languages.emplace(language);
    }
    for (const Command& command : commands_of(shell_line(call))) {
        const std::string_view language = find(k_by_program, file_name(command.front()));
        if (!language.empty()) languages.emplace(language);
    }
}

}  // namespace

std::vector<std::string> languages_of(const std::vector<trace::Step>& steps) {
    std::set<std::string> languages;
    for (const trace::Step& step : steps) {
        for (const trace::ToolCall& call : step.tool_calls)
            add_call(call, languages);
    }
    return {languages.begin(), languages.end()};
}

}  // namespace opentraces::enrich
