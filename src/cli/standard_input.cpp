#include "standard_input.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/error.hpp"

namespace opentraces::cli {
namespace {

std::string spool_folder(Context& context) {
    return context.ports.environment.get("TMPDIR").value_or("/tmp") + "/opentraces-" +
           context.ports.ids.hex(16);
}

}  // namespace

void SpooledInput::restore_names(std::vector<flow::FailedFile>& failed) const {
    for (flow::FailedFile& file : failed) {
        if (!spooled.empty() && file.path == spooled) file.path = "-";
    }
}

SpooledInput spool_standard_input(Context& context, const std::vector<std::string>& paths) {
    SpooledInput input;
    for (const std::string& path : paths) {
        if (path != "-") {
            input.paths.push_back(path);
            continue;
        }
        if (!input.spooled.empty())
            throw Error(ErrorCode::BadOption, "standard input can be given only once");
        fs::Disk& disk = context.ports.disk;
        const std::string folder = spool_folder(context);
        disk.make_directories(fs::join(folder, "stdin"), 0700);
        input.remove_at_end = std::shared_ptr<void>(nullptr, [&disk, folder](void*) {
            disk.remove_matching(fs::join(folder, "stdin"), [](std::string_view name) {
                return name == "session.jsonl" || fs::is_temporary_name(name);
            });
            disk.remove_matching(folder, [](std::string_view) { return false; });
        });
        input.spooled = fs::join(folder, "stdin/session.jsonl");
        const auto file = disk.create(input.spooled, 0600);
        std::array<char, 65536> buffer{};
        while (const std::size_t count = context.terminal.read(buffer.data(), buffer.size())) {
            file->write({buffer.data(), count});
        }
        file->commit();
        input.paths.push_back(input.spooled);
    }
    return input;
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
