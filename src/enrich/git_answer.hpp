// What git, its hooks or a wrapper printed when commands were run together.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "enrich/git_text.hpp"

namespace opentraces::enrich {

struct GitAnswer {
    std::string_view text;
    std::vector<PrintedCommit> commits;
    std::size_t next = 0;  // of them: the ones before belong to commands before
    bool has(std::string_view words) const { return text.find(words) != std::string_view::npos; }
};

// The text must outlive it.
GitAnswer answer_in(std::string_view text);

bool says_no_commit(const GitAnswer& answer);
bool says_push_failed(const GitAnswer& answer);

}  // namespace opentraces::enrich
