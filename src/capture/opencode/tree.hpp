// Where the files of OpenCode's sessions lie, before 1.2. Since the middle of 2025 below
// <data>/opencode/storage: session/<project>/<session>.json, message/<session>/*.json, part/<message>/*.json
// (in some trees part/*.json, which name their message); before that below
// <data>/opencode/project/<name>/storage/session: info/<session>.json, message/<session>/*.json,
// part/<session>/<message>/*.json. A session whose own file is gone is told by the first of its messages.
// Source: the migrations in packages/opencode/src/storage/storage.ts.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::opencode {

class Tree {
public:
    // That a session's own file, or a message, belongs to, by its path.
    explicit Tree(const std::string& file);

    bool is_message() const { return m_is_message; }
    // The folder that OpenCode keeps everything in, its databases included.
    std::string data_folder() const;

    // Files of JSON, by name, which is their order; of an id that is no name of a folder there are none.
    std::vector<fs::FileInfo> messages(const std::string& session, fs::Disk& disk) const;
    std::vector<fs::FileInfo> parts(const std::string& session, const std::string& message,
                                    fs::Disk& disk) const;
    // That lie in no folder of a message.
    std::vector<fs::FileInfo> loose_parts(fs::Disk& disk) const;

    // Ids of the sessions that have a file of their own, sorted.
    const std::vector<std::string>& sessions(Sources& sources) const;
    // The same in the place that sessions of before the middle of 2025 were copied to.
    const std::vector<std::string>& copied_sessions(Sources& sources) const;

private:
    explicit Tree(std::string base, bool is_first) : m_base(std::move(base)), m_is_first(is_first) {}
    std::vector<std::string> session_folders(fs::Disk& disk) const;

    std::string m_base;       // holds the folders of messages and parts
    bool m_is_first = false;  // of before the middle of 2025
    bool m_is_message = false;
};

// The start of a session's own file that lies at `path`.
bool is_session(const std::string& path, const json::Value& start);

// The first message of a session that has no file of its own.
bool is_orphan(const std::string& path, Sources& sources);

// By its file, or of a message by the folder that it lies in.
std::string session_id_of(const std::string& file, Sources& sources);

// Where it began, by its file or its messages; empty if none of them says so.
std::string directory_of(const std::string& file, Sources& sources);

// Over the session's file, its messages and their parts.
std::string fingerprint_of(const std::string& file, Sources& sources);

}  // namespace opentraces::capture::opencode
