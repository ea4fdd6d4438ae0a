// docs/field-mappings.md, written from the tables that the exporters are held to.
#include "exported.hpp"
#include "golden.hpp"

using namespace opentraces;
using namespace opentraces::formats;

namespace {

constexpr std::string_view k_head =
    "# Field mappings\n\n"
    "What every format of `opentraces export` does with every field of a TraceRecord. This page is written "
    "from the tables\n"
    "in the code (`OPENTRACES_ACCEPT=1 ctest -R field-mappings`).\n\n"
    "**full**: any reader of the format sees it · **extension**: kept whole, where the format lets foreign "
    "data stand ·\n"
    "**partial**: the column says what · **dropped**: the format has no place for it; `export --report` "
    "counts the values.\n\n";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string page() {
    std::string text(k_head);
    text += "## Overview\n\n| group | fields |";
    for (const Format& format : formats::formats())
        text += " " + std::string(format.name) + " |";
    text += "\n|---|---|";
    for (std::size_t i = 0; i < formats::formats().size(); ++i)
        text += "---|";
    text += "\n";
    const auto groups = field_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        text += "| " + std::string(groups[i].name) + " | `" + std::string(groups[i].fields) + "` |";
        for (const Format& format : formats::formats())
            text += " " + std::string(name_of(format.mappings[i].coverage)) + " |";
        text += "\n";
    }
    for (const Format& format : formats::formats()) {
        text += "\n## " + std::string(format.name) + "\n\n" + std::string(format.reference) +
                "\n\n| group | coverage | where |\n|---|---|---|\n";
        for (const Mapping& mapping : format.mappings) {
            if (mapping.coverage == Coverage::Dropped) continue;
            text += "| " + std::string(mapping.group) + " | " + std::string(name_of(mapping.coverage)) +
                    " | " + escaped(mapping.target) + " |\n";
        }
    }
    return text;
}

}  // namespace

TEST_CASE("field-mappings: the page shows the tables of the code") {
    testing::check_file("docs/field-mappings.md", page());
}
