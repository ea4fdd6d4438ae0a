#include "enrich/git_answer.hpp"

#include "opentraces/core/lines.hpp"

namespace opentraces::enrich {

GitAnswer answer_in(std::string_view text) {
    GitAnswer answer{text, {}};
    each_line(text, [&](std::string_view line) {
        if (auto commit = printed_commit(line)) answer.commits.push_back(std::move(*commit));
    });
    return answer;
}

bool says_no_commit(const GitAnswer& answer) {
    for (const std::string_view words :
         {"nothing to commit", "no changes added to commit", "nothing added to commit", "FAILED: git commit",
          "Aborting commit", "fatal: ", "error: ", "hook declined", "husky - "}) {
        if (answer.has(words)) return true;
    }
    return false;
}

bool says_push_failed(const GitAnswer& answer) {
    return answer.has("! [rejected]") || answer.has("failed to push") || answer.has("has no upstream branch");
}

}  // namespace opentraces::enrich
