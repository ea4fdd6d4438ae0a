// One file of a session while that goes on: what is seen of it, what is done to it, and what it holds as far
// as the log shows that.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enrich/file_replay.hpp"

namespace opentraces::enrich {

// What is held and read of all files of a session: a short log can ask for much. Every replacement of a
// letter by ten makes a file ten times as long, every copy holds it again.
class ReplayBounds {
public:
    void hold(std::size_t more, std::size_t less = 0) { m_held += more - std::min(less, m_held); }
    void read(std::size_t bytes) { m_read += bytes; }
    void pass() { m_read = k_most_read + 1; }
    bool are_reached() const { return m_held > k_most_held || m_read > k_most_read; }

private:
    static constexpr std::size_t k_most_held = std::size_t{256} << 20;
    static constexpr std::size_t k_most_read = std::size_t{4} << 30;

    std::size_t m_held = 0;
    std::size_t m_read = 0;
};

class TrackedFile {
public:
    TrackedFile(std::string path, ReplayBounds& bounds) : m_bounds(bounds) { m_file.path = std::move(path); }

    // ---- what is seen ----

    void see(const FileView& view);
    // `step` made the difference, 0: it is not known who.
    void see_whole(const std::string& text, std::int64_t step);

    // ---- what is done ----

    void change(const FileChange& change);
    void write_text(std::int64_t step, const std::string& text);
    void append_text(std::int64_t step, const std::string& text);
    void change_unseen(std::int64_t step);
    void remove(std::int64_t step);
    void miss(std::int64_t step, const char* why);

    // The content goes to another name.
    std::optional<std::string> content() const;
    bool is_touched() const { return !m_file.changes.empty() || !m_file.gap.empty() || m_file.stale; }
    void move_from(const std::string& path) { m_file.moved_from = path; }

    ReplayedFile finish();

private:
    enum class Known { Nothing, Absent, Parts, Whole };
    struct Part {
        std::int64_t start = 1;
        std::string before;
        std::string after;
    };

    void set(std::string text);
    void note_gap(std::int64_t step, const char* why);
    void settle() { m_file.stale = m_drifted = false; }
    void lose();
    void add_change(std::int64_t step, const std::string& before, const std::string& after, bool own,
                    bool by_shell);
    void create(std::int64_t step, const std::string& text, bool by_tool);
    void hold(const ExactChange& change);
    void write(const FileChange& change);
    bool edit(const FileChange& change);
    void seek(const FileChange& change);
    bool edit_parts(const FileChange& change);

    std::optional<Part> exact_part(const Hunk& shown, const std::vector<Replacement>& replacements) const;

    void replace_parts(std::int64_t start, std::int64_t count, const std::string& text);
    void take_hunks(const FileChange& change);
    bool shows(const FileView& view) const;

    ReplayBounds& m_bounds;
    ReplayedFile m_file;
    Known m_known = Known::Nothing;
    std::string m_text;
    std::map<std::int64_t, std::string> m_parts;  // lines without their ends
    std::int64_t m_stale_step = 0;
    bool m_drifted = false;  // a part of it was seen that is not in m_text
};

}  // namespace opentraces::enrich
