#include "opentraces/capture/raw_copy.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>

#include "capture/decoders.hpp"
#include "capture/session_rows.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_mark = "opentraces_raw";
constexpr std::int64_t k_form = 1;
constexpr int k_level = 1;  // sessions are text: more effort saves little
constexpr std::size_t k_piece = std::size_t{64} << 10;
constexpr std::size_t k_longest_head = std::size_t{4} << 20;
constexpr std::size_t k_most_files = 10'000;

[[noreturn]] void throw_damaged(const std::string& reason) {
    throw Error(ErrorCode::CorruptSession, "the raw copy cannot be read: " + reason);
}

struct RawFile {
    std::string path;
    std::uint64_t size = 0;
};

struct Head {
    SessionRef session;
    std::vector<RawFile> files;
};

class Compressor {
public:
    explicit Compressor(json::Sink& out) : m_out(out), m_stream(ZSTD_createCCtx()), m_buffer(k_piece, '\0') {
        if (!m_stream) throw Error(ErrorCode::Internal, "out of memory");
        ZSTD_CCtx_setParameter(m_stream.get(), ZSTD_c_compressionLevel, k_level);
        ZSTD_CCtx_setParameter(m_stream.get(), ZSTD_c_checksumFlag, 1);
    }

    void write(std::string_view bytes) { run(bytes, ZSTD_e_continue); }
    void finish() { run({}, ZSTD_e_end); }

private:
    void run(std::string_view bytes, ZSTD_EndDirective what) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        while (true) {
            ZSTD_outBuffer out{m_buffer.data(), m_buffer.size(), 0};
            const std::size_t left = ZSTD_compressStream2(m_stream.get(), &out, &in, what);
            if (ZSTD_isError(left) != 0) throw Error(ErrorCode::Internal, ZSTD_getErrorName(left));
            if (out.pos > 0) m_out.write({m_buffer.data(), out.pos});
            if (what == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
        }
    }

    struct Free {
        void operator()(ZSTD_CCtx* stream) const { ZSTD_freeCCtx(stream); }
    };
    json::Sink& m_out;
    std::unique_ptr<ZSTD_CCtx, Free> m_stream;
    std::string m_buffer;
};

std::string head_line(const Head& head) {
    json::Array files;
    for (const RawFile& file : head.files) {
        json::Object object;
        object.append("path", file.path);
        object.append("size", file.size);
        files.emplace_back(std::move(object));
    }
    json::Object object;
    object.append(std::string(k_mark), k_form);
    object.append("agent", head.session.agent);
    object.append("locator", head.session.locator);
    object.append("project", head.session.project);
    object.append("fingerprint", head.session.fingerprint);
    object.append("files", std::move(files));
    return json::write_document(json::Value(std::move(object))) + "\n";
}

// The stream after compression, a piece at a time.
class Reader {
public:
    explicit Reader(json::ByteSource stream) : m_stream(decoded(std::move(stream))) {}

    std::string line() {
        std::string text;
        for (char c = 0; take(&c, 1) == 1;) {
            if (c == '\n') return text;
            if (text.size() == k_longest_head) break;
            text.push_back(c);
        }
        throw_damaged("it does not begin as one");
    }

    std::size_t take(char* buffer, std::size_t size) {
        if (m_at == m_pending.size()) {
            m_pending.resize(k_piece);
            m_pending.resize(m_stream(m_pending.data(), m_pending.size()));
            m_at = 0;
        }
        const std::size_t count = m_pending.copy(buffer, size, m_at);
        m_at += count;
        return count;
    }

private:
    json::ByteSource m_stream;
    std::string m_pending;
    std::size_t m_at = 0;
};

RawFile read_file(const json::Value& value, std::uint64_t& total) {
    RawFile file{std::string(value["path"].string_or()), 0};
    const auto size = value["size"].integer();
    const bool names_a_file = file.path.starts_with('/') && file.path != "/";
    if (!names_a_file || fs::absolute(file.path, "/") != file.path) throw_damaged("a path is no path");
    if (!size || *size < 0 || static_cast<std::uint64_t>(*size) > k_most_raw)
        throw_damaged("a size is no size");
    file.size = static_cast<std::uint64_t>(*size);
    total += file.size;
    if (total > k_most_raw) throw_damaged("it holds more than 1 GiB");
    return file;
}

Head read_head(Reader& reader) {
    json::Value value;
    try {
        value = json::read_document(reader.line());
    } catch (const json::SyntaxError& error) {
        throw_damaged(error.what());
    }
    if (value[k_mark].integer() != k_form) throw_damaged("it is of another form");
    Head head;
    head.session = {std::string(value["agent"].string_or()), std::string(value["locator"].string_or()),
                    std::string(value["project"].string_or()), std::string(value["fingerprint"].string_or())};
    const json::Array* const files = value["files"].if_array();
    if (files == nullptr || files->size() > k_most_files)
        throw_damaged("it does not say which files it holds");
    std::uint64_t total = 0;
    for (const json::Value& file : *files)
        head.files.push_back(read_file(file, total));
    return head;
}

void unpack_file(const RawFile& file, Reader& reader, fs::Disk& disk, const std::string& path) {
    disk.make_directories(fs::parent(path), 0700);
    const auto out = disk.create(path, 0600);
    std::array<char, k_piece> buffer{};
    for (std::uint64_t left = file.size; left > 0;) {
        const std::size_t count = reader.take(buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
        if (count == 0) throw_damaged("it is cut off");
        out->write({buffer.data(), count});
        left -= count;
    }
    out->commit();
}

void pack_file(const RawFile& file, fs::Disk& disk, Compressor& out) {
    const auto in = disk.open(file.path);
    std::array<char, k_piece> buffer{};
    for (std::uint64_t left = file.size; left > 0;) {
        const std::size_t count = in->read(buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
        if (count == 0)
            throw Error(ErrorCode::DiskFailed, file.path + " has become shorter while it was copied");
        out.write({buffer.data(), count});
        left -= count;
    }
}

std::uint64_t size_of(const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    if (!info || info->kind != fs::FileKind::File)
        throw Error(ErrorCode::DiskFailed, path + " is no file any more");
    return info->size;
}

// The locator is path#id where the file is a database.
bool is_own_file(const std::string& path, const SessionRef& session) {
    return path == session.locator || path == session.locator.substr(0, session.locator.rfind('#'));
}

}  // namespace

void write_raw_copy(const SessionRef& session, const std::vector<std::string>& files, fs::Disk& disk,
                    json::Sink& out) {
    const std::optional<Excerpt> excerpt = excerpt_of(session, disk);
    const auto is_excerpt = [&](const std::string& path) { return excerpt && path == excerpt->path; };
    Head head{session, {}};
    std::uint64_t total = 0;
    for (const std::string& path : files) {
        if (!is_valid_utf8(path)) throw Error(ErrorCode::DiskFailed, path + " has a name that is no text");
        head.files.push_back({path, is_excerpt(path) ? excerpt->bytes.size() : size_of(path, disk)});
        total += std::min(head.files.back().size, k_most_raw + 1);
    }
    if (total > k_most_raw || head.files.size() > k_most_files)
        throw Error(ErrorCode::CorruptSession, "the session is too large to be kept as it is");
    Compressor compressor(out);
    compressor.write(head_line(head));
    for (const RawFile& file : head.files) {
        if (is_excerpt(file.path))
            compressor.write(excerpt->bytes);
        else
            pack_file(file, disk, compressor);
    }
    compressor.finish();
}

SessionRef read_raw_head(json::ByteSource stream) {
    Reader reader(std::move(stream));
    return read_head(reader).session;
}

UnpackedSession unpack_raw_copy(json::ByteSource stream, fs::Disk& disk, const std::string& folder) {
    Reader reader(std::move(stream));
    const Head head = read_head(reader);
    disk.make_directories(folder, 0700);
    bool has_own_file = false;
    for (const RawFile& file : head.files) {
        unpack_file(file, reader, disk, folder + file.path);
        has_own_file = has_own_file || is_own_file(file.path, head.session);
    }
    if (!has_own_file) throw_damaged("the session's own file is not in it");
    UnpackedSession session{head.session, head.session};
    session.unpacked.locator = folder + head.session.locator;
    return session;
}

}  // namespace opentraces::capture
