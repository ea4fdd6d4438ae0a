// What is remembered to save work: session files seen, and what was derived from remote shards.
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"
#include "store/names.hpp"
#include "store/sqlite_store.hpp"

namespace opentraces::store {

namespace {

constexpr std::size_t k_digest_digits = 64;

}  // namespace

std::optional<Store::SeenSession> SqliteStore::seen(const std::string& agent, const std::string& locator) {
    Statement statement(
        m_database,
        "SELECT fingerprint, version, verdict FROM seen_sessions WHERE agent = ? AND locator = ?");
    if (!statement.bind(agent).bind(locator).next()) return std::nullopt;
    SeenSession session;
    session.agent = agent;
    session.locator = locator;
    session.fingerprint = statement.text();
    session.version = statement.text();
    session.verdict = statement.text();
    // What became of it has gone or was cut: reading the session again brings it back.
    if (!has_files_of(agent, locator)) return std::nullopt;
    return session;
}

bool SqliteStore::has_files_of(const std::string& agent, const std::string& locator) {
    Statement rows(m_database, "SELECT trace_id, bytes FROM traces WHERE agent = ? AND source_path = ?");
    rows.bind(agent).bind(locator);
    while (rows.next()) {
        const auto file = m_disk->info(m_bodies.path(rows.trace_id()));
        const std::int64_t bytes = rows.integer();
        if (!file || file->size != static_cast<std::uint64_t>(bytes)) return false;
    }
    return true;
}

void SqliteStore::remember(const SeenSession& session) {
    Statement statement(m_database,
                        "INSERT OR REPLACE INTO seen_sessions (agent, locator, fingerprint, version, verdict)"
                        " VALUES (?, ?, ?, ?, ?)");
    statement.bind(session.agent).bind(session.locator).bind(session.fingerprint);
    statement.bind(session.version).bind(session.verdict).run();
}

std::string SqliteStore::cache_path(const std::string& kind, const std::string& digest) const {
    if (!is_plain_name(kind) || !is_plain_name(digest)) {
        throw Error(ErrorCode::Internal, "not a cache key: " + kind + "/" + digest);
    }
    return fs::join(fs::join(fs::join(m_folder, k_cache_folder), kind), digest);
}

// A cached file is the SHA-256 of what follows, LF, and what was cached.
std::optional<std::string> SqliteStore::cached(const std::string& kind, const std::string& digest) {
    const std::string path = cache_path(kind, digest);
    if (!m_disk->info(path)) return std::nullopt;
    const std::string file = m_disk->read_all(path);
    if (file.size() <= k_digest_digits || file[k_digest_digits] != '\n') return std::nullopt;
    std::string bytes = file.substr(k_digest_digits + 1);
    if (file.compare(0, k_digest_digits, sha256_hex(bytes)) != 0) return std::nullopt;
    return bytes;
}

void SqliteStore::cache(const std::string& kind, const std::string& digest, const std::string& bytes) {
    const std::string path = cache_path(kind, digest);
    m_disk->make_directories(fs::parent(path), 0700);
    m_disk->replace(path, sha256_hex(bytes) + "\n" + bytes);
}

}  // namespace opentraces::store
