// What there is to read of a step, as lines in blocks that fold: everything of it that would be published.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/review/style.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli::review {

struct TextLine {
    std::string label;  // ours, before the text
    std::string text;   // as the record has it; made safe where it is put
    Style style;
    bool found = false;  // tells of a finding
};

// Lines that belong together. Folded, the first of them are shown.
struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t preview = 1;
    bool folds() const { return end - begin > preview; }
};

// Every line is in one block, in order.
struct StepText {
    std::vector<TextLine> lines;
    std::vector<Block> blocks;
    std::size_t bytes = 0;  // of memory, about

    std::size_t block_of(std::size_t line) const;
};

// Adds blocks to a text.
class StepTextBuilder {
public:
    // Lines that follow are of a new block.
    void begin(std::size_t preview);
    void line(std::string label, std::string_view text, Style style = k_usual, bool found = false);
    // Each line of `text`; labels of the lines behind the first are blanks of the same width.
    void lines(const std::string& label, std::string_view text, Style style = k_usual);
    // The same, coloured as a patch where it is one.
    void patch(std::string_view text);
    // The lines of one text that became those of another.
    void change(std::string_view before, std::string_view after);
    StepText take();

private:
    StepText m_text;
};

// Markers of redacted values: "[REDACTED", and what follows up to "]".
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const Range&) const = default;
};
std::vector<Range> markers_in(std::string_view text);

// `findings`: those of this step.
StepText text_of_step(const trace::Step& step, const std::vector<const store::FoundPlace*>& findings);
// `about`: name and value of what is known of the whole; `findings` those that are in no step.
StepText text_of_head(const std::vector<std::pair<std::string, std::string>>& about,
                      const trace::TraceRecord& head, const std::vector<const store::FoundPlace*>& findings);

}  // namespace opentraces::cli::review
