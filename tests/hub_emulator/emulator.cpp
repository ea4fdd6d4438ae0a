#include "emulator.hpp"

#include "exchange.hpp"
#include "http_server.hpp"
#include "persist.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

StoredFile stored_file(const Blob& blob) {
    return {blob.size, blob.oid, blob.sha256};
}

CommitRecord record_of(const Commit& commit) {
    CommitRecord record{
        commit.oid, commit.parent, commit.title, commit.description, commit.author, iso_time(commit.time_ms),
        {}};
    for (const auto& [path, blob] : commit.files) {
        record.files[path] = stored_file(blob);
    }
    return record;
}

const Commit& commit_at(State& state, const std::string& id, const std::string& revision) {
    const auto& repo = state.get_repo(id);
    const auto oid = repo.resolve(revision);
    if (!oid) {
        throw std::out_of_range("no revision " + revision + " in " + id);
    }
    return repo.commit(*oid);
}

}  // namespace

struct HubEmulator::Impl {
    std::unique_ptr<Exchange> exchange = std::make_unique<Exchange>();
    HttpServer hub;
    HttpServer storage;
    bool running = false;

    State& state() { return exchange->state; }
    std::unique_lock<std::mutex> lock() { return std::unique_lock(exchange->mutex); }
    HttpServer::Hooks hooks() {
        return {[this](const HttpRequest& request) { return exchange->body_limit(request); },
                [this](HttpRequest& request) { return exchange->handle(request); }};
    }
};

HubEmulator::HubEmulator() : m_impl(std::make_unique<Impl>()) {}
HubEmulator::~HubEmulator() {
    stop();
}

void HubEmulator::start(Options options) {
    {
        const auto lock = m_impl->lock();
        m_impl->state().options = options;
        if (!options.data_dir.empty()) {
            load_state(m_impl->state(), options.data_dir);
        }
    }
    m_impl->exchange->interrupt_waits(false);
    m_impl->running = true;
    m_impl->storage.start(options.storage_port, Origin::k_storage, m_impl->hooks());
    {
        const auto lock = m_impl->lock();
        m_impl->state().storage_url = "http://localhost:" + std::to_string(m_impl->storage.port());
    }
    m_impl->hub.start(options.port, Origin::k_hub, m_impl->hooks());
    const auto lock = m_impl->lock();
    m_impl->state().hub_url = "http://127.0.0.1:" + std::to_string(m_impl->hub.port());
}

void HubEmulator::stop() {
    if (!m_impl->running) {
        return;
    }
    m_impl->exchange->interrupt_waits(true);
    m_impl->hub.stop();
    m_impl->storage.stop();
    m_impl->running = false;
    const auto lock = m_impl->lock();
    if (const auto& folder = m_impl->state().options.data_dir; !folder.empty()) {
        save_state(m_impl->state(), folder);
    }
}

std::string HubEmulator::hub_url() const {
    const auto lock = m_impl->lock();
    return m_impl->state().hub_url;
}

std::string HubEmulator::storage_url() const {
    const auto lock = m_impl->lock();
    return m_impl->state().storage_url;
}

void HubEmulator::add_user(const std::string& name, const std::string& token, const std::string& role,
                           std::vector<Membership> orgs) {
    const auto lock = m_impl->lock();
    m_impl->state().add_user(name, orgs);
    m_impl->state().add_token(name, {token, role, {}, "test"});
}

void HubEmulator::add_token(const std::string& user, Token token) {
    const auto lock = m_impl->lock();
    m_impl->state().add_token(user, std::move(token));
}

void HubEmulator::revoke_token(const std::string& token) {
    const auto lock = m_impl->lock();
    m_impl->state().revoke_token(token);
}

void HubEmulator::script_oauth(std::vector<std::string> answers, const std::string& token) {
    const auto lock = m_impl->lock();
    m_impl->state().oauth = {std::move(answers), token, 0};
}

void HubEmulator::add_repo(const std::string& id, RepoOptions options) {
    const auto lock = m_impl->lock();
    m_impl->state().add_repo(id, options, id.substr(0, id.find('/')));
}

bool HubEmulator::has_repo(const std::string& id) const {
    const auto lock = m_impl->lock();
    return m_impl->state().find_repo(id) != nullptr;
}

std::vector<std::string> HubEmulator::repo_ids() const {
    const auto lock = m_impl->lock();
    std::vector<std::string> ids;
    for (const auto& [key, repo] : m_impl->state().repos()) {
        ids.push_back(repo->id);
    }
    return ids;
}

RepoRecord HubEmulator::repo(const std::string& id) const {
    const auto lock = m_impl->lock();
    const auto& repo = m_impl->state().get_repo(id);
    return {repo.id, repo.internal_id, repo.is_private, repo.gated, repo.disabled, repo.refs};
}

void HubEmulator::set_private(const std::string& id, bool value) {
    const auto lock = m_impl->lock();
    m_impl->state().get_repo(id).is_private = value;
}

void HubEmulator::set_gated(const std::string& id, const std::string& value) {
    const auto lock = m_impl->lock();
    m_impl->state().get_repo(id).gated = value;
}

void HubEmulator::set_disabled(const std::string& id, bool value) {
    const auto lock = m_impl->lock();
    m_impl->state().get_repo(id).disabled = value;
}

void HubEmulator::grant_access(const std::string& id, const std::string& user) {
    const auto lock = m_impl->lock();
    m_impl->state().get_repo(id).granted.insert(user);
}

void HubEmulator::merge_pull_request(const std::string& id, int number) {
    const auto lock = m_impl->lock();
    auto& repo = m_impl->state().get_repo(id);
    hub_emulator::merge_pull_request(m_impl->state(), repo, number, repo.owner());
}

void HubEmulator::close_pull_request(const std::string& id, int number) {
    const auto lock = m_impl->lock();
    hub_emulator::close_pull_request(m_impl->state().get_repo(id), number);
}

void HubEmulator::rename_repo(const std::string& from, const std::string& to) {
    const auto lock = m_impl->lock();
    m_impl->state().rename_repo(from, to);
}

void HubEmulator::remove_repo(const std::string& id) {
    const auto lock = m_impl->lock();
    m_impl->state().remove_repo(id);
}

std::string HubEmulator::commit_files(const std::string& id, const std::map<std::string, std::string>& files,
                                      const std::string& author, const std::string& title,
                                      const std::string& branch, const std::vector<std::string>& deleted) {
    const auto lock = m_impl->lock();
    return m_impl->exchange->commit_files(id, files, author, title, branch, deleted);
}

std::vector<CommitRecord> HubEmulator::commits(const std::string& id, const std::string& revision) const {
    const auto lock = m_impl->lock();
    std::vector<CommitRecord> records;
    const auto& repo = m_impl->state().get_repo(id);
    for (auto oid = commit_at(m_impl->state(), id, revision).oid; !oid.empty();
         oid = repo.commit(oid).parent) {
        records.push_back(record_of(repo.commit(oid)));
    }
    return records;
}

std::string HubEmulator::head(const std::string& id, const std::string& revision) const {
    const auto lock = m_impl->lock();
    return commit_at(m_impl->state(), id, revision).oid;
}

bool HubEmulator::has_file(const std::string& id, const std::string& path,
                           const std::string& revision) const {
    const auto lock = m_impl->lock();
    return commit_at(m_impl->state(), id, revision).files.count(path) != 0;
}

std::string HubEmulator::file(const std::string& id, const std::string& path,
                              const std::string& revision) const {
    const auto lock = m_impl->lock();
    const auto& files = commit_at(m_impl->state(), id, revision).files;
    const auto found = files.find(path);
    if (found == files.end()) {
        throw std::out_of_range("no file " + path + " in " + id);
    }
    return *m_impl->state().content(found->second);
}

void HubEmulator::lock_commits(const std::string& id, bool locked) {
    const auto lock = m_impl->lock();
    m_impl->state().get_repo(id).locked = locked;
}

void HubEmulator::expire_presigned_urls() {
    const auto lock = m_impl->lock();
    m_impl->state().signing_key = m_impl->state().random_hex(32);
}

void HubEmulator::set_page_size(std::size_t entries) {
    const auto lock = m_impl->lock();
    m_impl->state().options.page_size = entries;
}

void HubEmulator::add_fault(Fault fault) {
    const auto lock = m_impl->lock();
    m_impl->exchange->faults.add(std::move(fault));
}

void HubEmulator::clear_faults() {
    const auto lock = m_impl->lock();
    m_impl->exchange->faults.clear();
}

std::vector<LoggedRequest> HubEmulator::requests() const {
    const auto lock = m_impl->lock();
    return {m_impl->exchange->log.begin(), m_impl->exchange->log.end()};
}

void HubEmulator::clear_log() {
    const auto lock = m_impl->lock();
    m_impl->exchange->log.clear();
    m_impl->exchange->leaks = 0;
}

std::size_t HubEmulator::credential_leaks() const {
    const auto lock = m_impl->lock();
    return m_impl->exchange->leaks;
}

}  // namespace hub_emulator
