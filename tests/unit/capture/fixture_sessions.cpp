#include "unit/capture/fixture_sessions.hpp"

namespace opentraces::testing {

std::string session_bytes(const std::string& name) {
    return fs::posix_disk()->read_all(source_folder() + "/tests/fixtures/sessions/" + name);
}

capture::ParsedSession read_at(const std::string& path, const std::string& bytes, const std::string& agent) {
    InMemoryDisk disk;
    disk.make_directories(fs::parent(path), 0755);
    disk.replace(path, bytes);
    return capture::find_agent(agent)->read_from(path, disk);
}

std::vector<std::string> agents_that_know(const std::string& path, const std::string& bytes) {
    InMemoryDisk disk;
    disk.make_directories(fs::parent(path), 0755);
    disk.replace(path, bytes);
    capture::Sources sources(disk);
    std::vector<std::string> names;
    for (const capture::Agent* agent : capture::agents())
        if (agent->recognises(path, sources)) names.emplace_back(agent->name);
    return names;
}

capture::ParsedSession read_or_refuse(const std::string& path, const std::string& bytes,
                                      const std::string& agent) {
    try {
        return read_at(path, bytes, agent);
    } catch (const Error& error) {
        REQUIRE(error.code() == ErrorCode::CorruptSession);
        capture::ParsedSession refused;
        refused.reason = error.what();
        return refused;
    }
}

void check_every_cut(const std::string& path, const std::string& bytes, const std::string& agent,
                     std::size_t step) {
    for (std::size_t length = 0; length < bytes.size(); length += step) {
        const capture::ParsedSession parsed = read_or_refuse(path, bytes.substr(0, length), agent);
        INFO(length);
        REQUIRE((parsed.verdict == capture::ParseVerdict::Trace) == parsed.record.has_value());
        REQUIRE((parsed.record || !parsed.reason.empty()));
        if (parsed.record) REQUIRE(trace::decode(trace::encode(*parsed.record)).record);
    }
}

}  // namespace opentraces::testing
