// A file of which a session's log shows the lines that were changed: which of them are the original's, and
// where those stood.
#pragma once

#include "corpus/patches/tree.hpp"

namespace opentraces::patches {

class ShownFile {
public:
    // All of it, by the session.
    void create(const std::string& text);
    void overwrite(const std::string& before, const std::string& after);
    void remove(const std::string& text);
    // A unified diff whose lines are the file's own.
    void apply(const std::string& diff);
    // Lines without a place, in a file that is known as a whole: where they stand next, from `from` on.
    void replace(const Lines& marks, std::size_t& from);

    void add_to(Session& session, const std::string& path) const;

private:
    void reach(std::size_t count);
    // The original's line there, or k_own.
    long show(std::size_t at, const std::string& text);

    bool m_existed = true;
    bool m_begun = false;
    bool m_gone = false;
    bool m_whole = false;
    Original m_original;
    std::vector<long> m_origin;  // of the lines now: of the original, or k_own
    Lines m_text;
    long m_next = 1;
};

}  // namespace opentraces::patches
