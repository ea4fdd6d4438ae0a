#include "opentraces/card/card.hpp"

#include "card/body.hpp"
#include "card/front_matter.hpp"
#include "card/markers.hpp"
#include "card/sections.hpp"
#include "card/text_lines.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

// Cards that were written before cards had front matter are recognised by their markers. Any other text
// without it may be something else than a dataset's card: its owner decides.
void need_card(const CardText& card) {
    if (card.fenced || trim(card.body).empty()) return;
    if (card.body.find("<!-- opentraces:") != std::string_view::npos) return;
    throw_malformed(
        1, "there is no front matter: the first line of a dataset card is ---",
        "Put two lines --- at the top of README.md to keep its text, or use --card-reset (keeps a "
        "backup of it).");
}

}  // namespace

std::string render(const std::optional<std::string>& existing, const CardInput& input) {
    const CardText card = split_card(existing ? std::string_view(*existing) : std::string_view());
    need_card(card);
    const FrontMatter front_matter = merge_front_matter(card.front_matter, card.line_end, input);
    if (trim(card.body).empty())
        return front_matter.text + with_line_ends(fresh_body(input, front_matter.license), card.line_end);
    const Sections sections{badges_section(input), machine_section(input),
                            statistics_section(input, front_matter.license)};
    return front_matter.text + merge_body(card.body, card.line_end, sections);
}

std::optional<std::string> machine_block(std::string_view card) {
    const Range range = find_machine_object(card);
    if (range.end == 0) return std::nullopt;
    return std::string(card.substr(range.begin, range.end - range.begin));
}

}  // namespace opentraces::card
