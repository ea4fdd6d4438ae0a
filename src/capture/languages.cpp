#include "capture/languages.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array<Row, 60> k_by_extension = {{
    {"py", "python"},
    {"pyi", "python"},
    {"ipynb", "python"},
    {"js", "javascript"},
    {"jsx", "javascript"},
    {"mjs", "javascript"},
    {"cjs", "javascript"},
    {"ts", "typescript"},
    {"tsx", "typescript"},
    {"mts", "typescript"},
    {"cts", "typescript"},
    {"rb", "ruby"},
    {"rs", "rust"},
    {"go", "go"},
    {"java", "java"},
    {"kt", "kotlin"},
    {"kts", "kotlin"},
    {"swift", "swift"},
    {"c", "c"},
    {"h", "c"},
    {"cc", "cpp"},
    {"cpp", "cpp"},
    {"cxx", "cpp"},
    {"hpp", "cpp"},
    {"hh", "cpp"},
    {"cs", "csharp"},
    {"php", "php"},
    {"sh", "bash"},
    {"bash", "bash"},
    {"zsh", "bash"},
    {"ps1", "powershell"},
    {"md", "markdown"},
    {"mdx", "markdown"},
    {"json", "json"},
    {"jsonl", "json"},
    {"yaml", "yaml"},
    {"yml", "yaml"},
    {"toml", "toml"},
    {"html", "html"},
    {"css", "css"},
    {"scss", "scss"},
    {"sql", "sql"},
    {"ex", "elixir"},
    {"exs", "elixir"},
    {"erl", "erlang"},
    {"clj", "clojure"},
    {"scala", "scala"},
    {"r", "r"},
    {"lua", "lua"},
    {"zig", "zig"},
    {"nim", "nim"},
    {"dart", "dart"},
    {"vue", "vue"},
    {"svelte", "svelte"},
    {"jl", "julia"},
    {"hs", "haskell"},
    {"ml", "ocaml"},
    {"pl", "perl"},
    {"proto", "protobuf"},
    {"tf", "terraform"},
}};

}  // namespace

std::optional<std::string> language_of(std::string_view path) {
    const std::size_t slash = path.find_last_of("/\\");
    const std::string name = to_lower_ascii(slash == std::string_view::npos ? path : path.substr(slash + 1));
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) {
        if (name == "dockerfile" || name == "makefile") return name;
        return std::nullopt;
    }
    const std::string_view extension = std::string_view(name).substr(dot + 1);
    if (extension == "dockerfile") return "dockerfile";
    const auto* row = std::find_if(k_by_extension.begin(), k_by_extension.end(),
                                   [extension](const Row& known) { return known.first == extension; });
    if (row == k_by_extension.end()) return std::nullopt;
    return std::string(row->second);
}

}  // namespace opentraces::capture
