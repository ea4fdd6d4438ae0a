#include "flow/settings_file.hpp"

#include <fmt/format.h>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::flow {

void refuse(const SettingsFile& file, const std::string& path, std::string_view why) {
    throw Error(ErrorCode::ConfigInvalid, fmt::format("{}: {} {}", file.name, printable_line(path), why),
                std::string(file.hint));
}

std::string read_settings_file(const SettingsFile& file, const std::string& path, fs::Disk& disk) {
    try {
        const auto info = disk.info(path);
        if (!info) refuse(file, path, "is not there");
        if (info->kind == fs::FileKind::Link) refuse(file, path, "is a link");
        if (info->kind != fs::FileKind::File) refuse(file, path, "is no file");
        if (info->size > file.largest)
            refuse(file, path, fmt::format("is larger than {} MB", file.largest >> 20));
        return disk.read_all(path, file.largest);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::UnsafePath)
            refuse(
                file, path,
                fmt::format("leads through a link, or out of {}; a whole path would be taken", file.beneath));
        if (error.code() != ErrorCode::DiskFailed && error.code() != ErrorCode::NotFound) throw;
        refuse(file, path, "cannot be read");
    }
}

}  // namespace opentraces::flow
