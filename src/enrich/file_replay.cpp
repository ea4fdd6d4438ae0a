#include "enrich/file_replay.hpp"

#include <utility>

#include "enrich/tracked_file.hpp"

namespace opentraces::enrich {
namespace {

class Replay {
public:
    Replay(const Evidence& evidence, const std::vector<ShellEdit>& shell)
        : m_evidence(evidence), m_shell(shell) {}

    Replayed run() {
        std::size_t view = 0;
        std::size_t shell = 0;
        for (std::size_t at = 0; at <= m_evidence.changes.size(); ++at) {
            for (; view < m_evidence.views.size() && m_evidence.views[view].changes_before <= at; ++view) {
                const FileView& seen = m_evidence.views[view];
                for (; shell < m_shell.size() && m_shell[shell].step < seen.step_index; ++shell)
                    take(m_shell[shell]);
                if (TrackedFile* file = at_path(seen.path)) file->see(seen);
            }
            if (at == m_evidence.changes.size()) break;
            const FileChange& change = m_evidence.changes[at];
            for (; shell < m_shell.size() && m_shell[shell].step < change.step_index; ++shell)
                take(m_shell[shell]);
            take(change);
        }
        for (; shell < m_shell.size(); ++shell)
            take(m_shell[shell]);
        for (auto& [path, file] : m_files)
            if (file.is_touched()) m_replayed.files.push_back(file.finish());
        return std::move(m_replayed);
    }

private:
    TrackedFile* at_path(std::string_view path) {
        auto inside = path_in_project(path, m_evidence.working_directory);
        if (!inside) return nullptr;
        return &m_files.try_emplace(*inside, TrackedFile(*inside, m_bounds)).first->second;
    }

    void take(const FileChange& change) {
        TrackedFile* file = at_path(change.path);
        if (file == nullptr) {
            if (m_outside.emplace(change.path, true).second) ++m_replayed.outside_project;
            return;
        }
        if (!change.moved_from.empty()) {
            TrackedFile* const old = change.before ? at_path(change.moved_from) : nullptr;
            if (old != nullptr) old->see_whole(*change.before, 0);
            move(change.moved_from, change.path, change.step_index, true);
        }
        if (change.moved_only) return;
        at_path(change.path)->change(change);
    }

    void take(const ShellEdit& edit) {
        if (edit.kind == ShellEditKind::Move || edit.kind == ShellEditKind::Copy)
            return move(edit.path, edit.target, edit.step, edit.kind == ShellEditKind::Move);
        if (edit.path.ends_with('/')) return;
        const auto inside = path_in_project(edit.path, m_evidence.working_directory);
        if (!inside) return;
        if (edit.kind == ShellEditKind::Delete) return remove(*inside, edit.step);
        TrackedFile& file = m_files.try_emplace(*inside, TrackedFile(*inside, m_bounds)).first->second;
        if (edit.kind == ShellEditKind::Change || !edit.text) return file.change_unseen(edit.step);
        if (edit.kind == ShellEditKind::Write) return file.write_text(edit.step, *edit.text);
        file.append_text(edit.step, *edit.text);
    }

    // A file, or all that are known of a folder.
    void remove(const std::string& path, std::int64_t step) {
        bool known = false;
        for (auto& [name, file] : m_files) {
            if (name != path && !name.starts_with(path + "/")) continue;
            known = true;
            if (file.content() || file.is_touched()) file.remove(step);
        }
        const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
        const bool looks_like_file = name.find('.', 1) != std::string_view::npos;
        if (!known && looks_like_file)
            m_files.try_emplace(path, TrackedFile(path, m_bounds))
                .first->second.miss(step, "deleted, and its content is not in the log");
    }

    void move(const std::string& from, const std::string& to, std::int64_t step, bool leaves) {
        const auto source = path_in_project(from, m_evidence.working_directory);
        if (!source) return;
        std::string target(to);
        if (target.ends_with('/')) target += from.substr(from.rfind('/') + 1);
        const auto place = path_in_project(target, m_evidence.working_directory);
        TrackedFile& old = m_files.try_emplace(*source, TrackedFile(*source, m_bounds)).first->second;
        const auto content = old.content();
        if (leaves) {
            if (content)
                old.remove(step);
            else
                old.miss(step, "moved, and its content is not in the log");
        }
        if (!place || *place == *source) return;
        TrackedFile& file = m_files.try_emplace(*place, TrackedFile(*place, m_bounds)).first->second;
        if (!content) return file.miss(step, "moved or copied here, and its content is not in the log");
        file.write_text(step, *content);
        if (leaves) file.move_from(*source);
    }

    const Evidence& m_evidence;
    const std::vector<ShellEdit>& m_shell;
    ReplayBounds m_bounds;
    std::map<std::string, TrackedFile> m_files;
    std::map<std::string, bool> m_outside;
    Replayed m_replayed;
};

}  // namespace

std::optional<std::string> path_in_project(std::string_view path, std::string_view working_directory) {
    const std::string home = folder_at({}, working_directory);
    std::string whole = folder_at(home, path);
    // macOS has /tmp and /var below /private.
    if (!is_at_or_below(whole, home) && home.starts_with("/private/")) whole = "/private" + whole;
    if (home.empty())
        return whole.starts_with('/') || whole.starts_with("..") ? std::nullopt : std::optional(whole);
    if (!is_at_or_below(whole, home) || whole.size() <= home.size() + 1) return std::nullopt;
    return whole.substr(home == "/" ? 1 : home.size() + 1);
}

Replayed replay(const Evidence& evidence, const std::vector<ShellEdit>& shell) {
    return Replay(evidence, shell).run();
}

}  // namespace opentraces::enrich
