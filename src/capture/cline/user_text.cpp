#include "capture/cline/user_text.hpp"

#include <algorithm>
#include <array>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::cline {
namespace {

constexpr std::string_view k_typed;
constexpr std::string_view k_environment = "environment";

struct Tag {
    std::string_view name;
    std::string_view kind;  // of what is shown; empty: typed
};
constexpr std::array<Tag, 9> k_tags{{{"task", k_typed},
                                     {"feedback", k_typed},
                                     {"user_message", k_typed},
                                     {"user_input", k_typed},
                                     {"user_command", k_typed},
                                     {"environment_details", k_environment},
                                     {"file_content", "file"},
                                     {"folder_content", "file"},
                                     {"mode_notice", "mode"}}};

// "<name>" or "<name …>" at the start of the text: with its length. Within what was typed, of the program
// only.
const Tag* tag_at(std::string_view text, bool within, std::size_t& length) {
    constexpr std::size_t k_longest = 1024;
    text = text.substr(0, k_longest);
    for (const Tag& tag : k_tags) {
        if (within && tag.kind.empty()) continue;
        if (!text.substr(1).starts_with(tag.name)) continue;
        const std::string_view rest = text.substr(1 + tag.name.size());
        const std::size_t end = rest.find('>');
        if (end == std::string_view::npos || (end > 0 && rest[0] != ' ')) continue;
        length = 1 + tag.name.size() + end + 1;
        return &tag;
    }
    return nullptr;
}

UserText read(std::string_view text, bool within);

void take_inside(const Tag& tag, std::string_view whole, std::string_view inside, UserText& said) {
    if (!tag.kind.empty()) {
        said.shown.emplace_back(tag.kind, std::string(whole));
        return;
    }
    // A notice may stand within what was typed.
    UserText inner = read(inside, true);
    append_paragraph(said.typed, inner.other);
    for (auto& one : inner.shown)
        said.shown.push_back(std::move(one));
    said.has_tags = true;
}

std::string between(std::string_view text, std::string_view mark, std::string_view end) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + mark.size());
    const std::size_t length = rest.find(end);
    return length == std::string_view::npos ? std::string() : std::string(trim(rest.substr(0, length)));
}

UserText read(std::string_view text, bool within) {
    UserText said;
    std::size_t taken = 0;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        std::size_t length = 0;
        const Tag* tag = tag_at(text.substr(at), within, length);
        if (tag == nullptr) {
            ++at;
            continue;
        }
        append_paragraph(said.other, trim(text.substr(taken, at - taken)));
        const std::string end = "</" + std::string(tag->name) + ">";
        const std::size_t inside = at + length;
        const std::size_t stop = std::min(text.find(end, inside), text.size());
        taken = std::min(stop + end.size(), text.size());
        take_inside(*tag, text.substr(at, taken - at), trim(text.substr(inside, stop - inside)), said);
        at = taken;
    }
    append_paragraph(said.other, trim(text.substr(taken)));
    return said;
}

}  // namespace

UserText read_user_text(std::string_view text) {
    return read(text, false);
}

bool is_of_person(std::string_view text) {
    constexpr std::array<std::string_view, 7> k_beginnings{"The user denied this operation and provided",
                                                           "The user provided the following feedback",
                                                           "The user has provided feedback on the results",
                                                           "You seem to be having trouble proceeding",
                                                           "<feedback>",
                                                           "<user_message>",
                                                           "<task>"};
    return std::any_of(k_beginnings.begin(), k_beginnings.end(),
                       [text](std::string_view words) { return text.starts_with(words); });
}

bool is_of_program(std::string_view text) {
    constexpr std::array<std::string_view, 5> k_beginnings{"[ERROR] ", "[TASK RESUMPTION] ", "[NOTE] ",
                                                           "[Response interrupted", "[SYSTEM"};
    return std::any_of(k_beginnings.begin(), k_beginnings.end(),
                       [text](std::string_view words) { return text.starts_with(words); });
}

Surrounding read_environment(std::string_view details) {
    Surrounding now;
    now.folder = between(details, "# Current Working Directory (", ") Files");
    if (now.folder.empty()) now.folder = between(details, "# Current Workspace Directory (", ") Files");
    now.model = between(details, "<model>", "</model>");
    now.mode = between(details, "<slug>", "</slug>");
    if (now.mode.empty()) now.mode = to_lower_ascii(between(details, "# Current Mode\n", " MODE"));
    if (now.mode.find('\n') != std::string::npos) now.mode.clear();
    return now;
}

}  // namespace opentraces::capture::cline
