#include "enrich/imports.hpp"

#include <algorithm>

#include "enrich/known_names.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

using Names = std::vector<std::string>;

bool is_name(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t,;("));
}

std::string_view up_to(std::string_view text, std::string_view stop) {
    return text.substr(0, text.find(stop));
}

void add_python_module(std::string_view module, Names& names) {
    const std::string_view top = up_to(module, ".");
    if (is_name(top) && !is_python_library(top)) names.emplace_back(top);
}

void add_python(std::string_view line, Names& names) {
    if (line.starts_with("from ") && line.find(" import") != std::string_view::npos) {
        add_python_module(first_word(trim(line.substr(5))), names);
    } else if (line.starts_with("import ")) {
        std::string_view rest = up_to(line.substr(7), "#");
        while (!rest.empty()) {
            const std::string_view part = up_to(rest, ",");
            add_python_module(first_word(trim(part)), names);
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        }
    }
}

// The text between the quotation marks that open at the start of `text`.
std::string_view quoted(std::string_view text) {
    if (text.empty() || (text[0] != '\'' && text[0] != '"')) return {};
    const std::size_t end = text.find(text[0], 1);
    return end == std::string_view::npos ? std::string_view{} : text.substr(1, end - 1);
}

void add_javascript_module(std::string_view module, Names& names) {
    if (module.empty() || module[0] == '.' || module[0] == '/' || module[0] == '~' || module[0] == '#')
        return;
    if (module.starts_with("@/") || module.find_first_of(" :$") != std::string_view::npos) return;
    std::size_t end = module.find('/');
    if (module[0] == '@' && end != std::string_view::npos) end = module.find('/', end + 1);
    const std::string_view name = module.substr(0, end);
    if (!is_node_library(name)) names.emplace_back(name);
}

void add_javascript(std::string_view line, Names& names) {
    const bool states =
        line.starts_with("import ") || line.starts_with("export ") || line.starts_with("} from ");
    if (states) {
        const std::size_t from = line.rfind(" from ");
        const std::string_view rest = from == std::string_view::npos ? line.substr(7) : line.substr(from + 6);
        add_javascript_module(quoted(trim(rest)), names);
    }
    for (const std::string_view call : {"require(", "import("}) {
        for (std::size_t at = line.find(call); at != std::string_view::npos; at = line.find(call, at + 1))
            add_javascript_module(quoted(line.substr(at + call.size())), names);
    }
}

// Modules are named by host; names without a dot in the first part are the standard library.
void add_go_module(std::string_view module, Names& names) {
    const std::string_view host = up_to(module, "/");
    if (host.find('.') == std::string_view::npos || host.size() == module.size()) return;
    std::size_t end = host.size();
    for (int part = 0; part < 2 && end != std::string_view::npos; ++part)
        end = module.find('/', end + 1);
    names.emplace_back(module.substr(0, end));
}

class GoImports {
public:
    void add(std::string_view line, Names& names) {
        if (line == "import (") {
            m_in_block = true;
        } else if (m_in_block && line.starts_with(')')) {
            m_in_block = false;
        } else if (m_in_block || line.starts_with("import ")) {
            const std::size_t quote = line.find('"');
            if (quote != std::string_view::npos) add_go_module(quoted(line.substr(quote)), names);
        }
    }

private:
    bool m_in_block = false;
};

void add_ruby(std::string_view line, Names& names) {
    if (!line.starts_with("require ")) return;
    const std::string_view name = up_to(quoted(trim(line.substr(8))), "/");
    if (is_name(name)) names.emplace_back(name);
}

void add_rust(std::string_view line, Names& names) {
    if (line.starts_with("pub ")) line = trim(line.substr(4));
    if (!line.starts_with("use ")) return;
    const std::string_view path = line.substr(4);
    const std::string_view crate = up_to(path, "::");
    const bool own = crate == "crate" || crate == "self" || crate == "super";
    const bool standard = crate == "std" || crate == "core" || crate == "alloc";
    if (is_name(crate) && crate.size() < path.size() && !own && !standard) names.emplace_back(crate);
}

}  // namespace

std::vector<std::string> imports_of(std::string_view text, std::string_view language) {
    Names names;
    GoImports go;
    each_line(text, [&](std::string_view whole) {
        const std::string_view line = trim(whole);
        if (language == "python") {
            add_python(line, names);
        } else if (language == "javascript" || language == "typescript") {
            add_javascript(line, names);
        } else if (language == "go") {
            go.add(line, names);
        } else if (language == "ruby") {
            add_ruby(line, names);
        } else if (language == "rust") {
            add_rust(line, names);
        }
    });
    return names;
}

}  // namespace opentraces::enrich
