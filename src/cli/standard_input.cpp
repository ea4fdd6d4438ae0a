#include "cli/standard_input.hpp"

#include <array>

#include "opentraces/core/error.hpp"
#include "opentraces/fs/scratch_disk.hpp"

namespace opentraces::cli {
namespace {

// Nothing can be there.
constexpr std::string_view k_scratch = "/dev/null/opentraces";

// What can be read only once.
bool is_stream(Context& context, const std::string& path) {
    if (path == "-") return true;
    if (!fs::names_own_descriptor(path)) return false;
    const auto info = context.ports.disk.info(path);
    return info && info->kind == fs::FileKind::Other;
}

}  // namespace

void SpooledInput::restore_names(flow::Failures& failed) const {
    for (flow::Failure& failure : failed.kept()) {
        const auto name = given.find(failure.what.source);
        if (name != given.end()) failure.what.source = name->second;
    }
}

SpooledInput spool_standard_input(Context& context, const std::vector<std::string>& paths) {
    SpooledInput input;
    const std::string folder(k_scratch);
    input.disk = fs::scratch_disk(context.ports.disk, folder, storage_folder(context.ports.environment));
    for (const std::string& path : paths) {
        if (!is_stream(context, path)) {
            input.paths.push_back(path);
            continue;
        }
        // A folder for each: files beside one another may belong together.
        const std::string own = fs::join(folder, std::to_string(input.given.size()));
        const std::string spooled = fs::join(own, "session.jsonl");
        for (const auto& [other, name] : input.given)
            if (name == path) throw Error(ErrorCode::BadOption, path + " can be given only once");
        input.disk->make_directories(own, 0700);
        const auto file = input.disk->create(spooled, 0600);
        const json::ByteSource source = open_input(context, path);
        std::array<char, 65536> buffer{};
        while (const std::size_t count = source(buffer.data(), buffer.size()))
            file->write({buffer.data(), count});
        file->commit();
        input.given[spooled] = path;
        input.paths.push_back(spooled);
    }
    return input;
}

std::string storage_folder(const Environment& environment) {
    return environment.get("TMPDIR").value_or("/tmp");
}

json::ByteSource open_input(Context& context, const std::string& path) {
    if (path == "-") {
        return [&terminal = context.terminal](char* buffer, std::size_t size) {
            return terminal.read(buffer, size);
        };
    }
    const std::string absolute = fs::absolute(path, context.ports.environment, context.ports.disk);
    const auto info = context.ports.disk.info(absolute);
    if (!info) throw Error(ErrorCode::NotFound, "no such file: " + path);
    if (info->is_directory()) throw Error(ErrorCode::BadOption, path + " is a folder, a file is expected");
    return [file = std::shared_ptr<fs::ReadFile>(context.ports.disk.open(absolute))](
               char* buffer, std::size_t size) { return file->read(buffer, size); };
}

std::string read_standard_input(Terminal& terminal, std::size_t limit) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = terminal.read(buffer.data(), buffer.size())) {
        text.append(buffer.data(), count);
        if (text.size() > limit)
            throw Error(ErrorCode::BadOption, "standard input is too long for this command");
    }
    return text;
}

}  // namespace opentraces::cli
