#include "hub/folder_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_max_file = std::size_t{256} << 20;
constexpr std::size_t k_name_digits = 32;
// Names the columns too: a file that begins otherwise is of another program version.
constexpr std::string_view k_head = "digest\tsize\tdevice\tinode\tmodified_ns\tpath\n";

bool is_control(char c) {
    return static_cast<unsigned char>(c) < ' ';
}

// The text before the next `end`, which is taken away with it.
std::string_view take(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view taken = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return taken;
}

template <class Number>
bool take_number(std::string_view& rest, Number& number) {
    const std::string_view text = take(rest, '\t');
    const auto [end, reason] = std::from_chars(text.data(), text.data() + text.size(), number);
    return reason == std::errc{} && end == text.data() + text.size();
}

}  // namespace

FolderMemory::FolderMemory(const std::string& user_folder, std::string folder, fs::Disk& disk)
    : m_user_folder(user_folder), m_folder(std::move(folder)), m_disk(disk) {}

std::string FolderMemory::file() const {
    return fs::join(fs::join(m_user_folder, "folders"),
                    sha256_hex(m_folder).substr(0, k_name_digits) + ".tsv");
}

void FolderMemory::load() {
    if (std::exchange(m_loaded, true) || m_user_folder.empty()) return;
    try {
        if (!m_disk.info(m_user_folder)) return;
        const auto inside = m_disk.beneath(m_user_folder);
        if (inside->info(file())) read(inside->read_all(file(), k_max_file));
    } catch (const Error&) {
        m_known.clear();
    }
}

void FolderMemory::read(std::string_view rest) {
    if (!rest.starts_with(k_head)) return;
    rest.remove_prefix(k_head.size());
    while (!rest.empty()) {
        std::string_view line = take(rest, '\n');
        Known known;
        known.digest = take(line, '\t');
        if (take_number(line, known.size) && take_number(line, known.device) &&
            take_number(line, known.inode) && take_number(line, known.modified_ns))
            m_known.insert_or_assign(std::string(line), std::move(known));
    }
}

std::optional<std::string> FolderMemory::digest_of(const std::string& path, const fs::FileInfo& info) {
    load();
    const auto known = m_known.find(path);
    if (known == m_known.end() || known->second.size != info.size || known->second.device != info.device ||
        known->second.inode != info.inode || known->second.modified_ns != info.modified_ns)
        return std::nullopt;
    return known->second.digest;
}

void FolderMemory::learn(const std::string& path, const fs::FileInfo& info, const std::string& digest) {
    // Such a path would not be read back as it is; the file is read every time.
    if (std::any_of(path.begin(), path.end(), is_control)) return;
    load();
    m_known[path] = {info.size, info.device, info.inode, info.modified_ns, digest};
    m_changed = true;
}

void FolderMemory::forget(const std::string& path) {
    load();
    if (m_known.erase(path) != 0) m_changed = true;
}

void FolderMemory::save() {
    if (!std::exchange(m_changed, false) || m_user_folder.empty()) return;
    std::string text(k_head);
    for (const auto& [path, known] : m_known)
        fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t{}\t{}\n", known.digest, known.size,
                       known.device, known.inode, known.modified_ns, path);
    try {
        m_disk.make_directories(m_user_folder, 0700);
        const auto inside = m_disk.beneath(m_user_folder);
        inside->make_directories(fs::parent(file()), 0700);
        inside->replace(file(), text, 0600);
    } catch (const Error&) {
        m_changed = true;
    }
}

}  // namespace opentraces::hub
