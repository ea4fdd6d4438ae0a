#include <fmt/format.h>

#include "opentraces/core/date_time.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/baseline.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_largest = std::size_t{64} << 20;
constexpr std::int64_t k_version = 1;
constexpr std::size_t k_fingerprint_digits = 32;
constexpr std::size_t k_date_length = 10;

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
    throw Error(ErrorCode::SettingsUnreadable, path + " is no baseline: " + what);
}

bool is_fingerprint(std::string_view text) {
    return text.size() == k_fingerprint_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Null and a missing member are an empty text.
std::string text_of(const json::Value& entry, const char* name, const std::string& path) {
    const json::Value& value = entry[name];
    if (value.is_null()) return {};
    if (value.if_string() == nullptr) refuse(path, fmt::format("a finding's {} is no text", name));
    return *value.if_string();
}

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

}  // namespace

bool is_date(std::string_view text) {
    const auto read = read_iso8601(text);
    return text.size() == k_date_length && read && !read->has_time;
}

Baseline::Baseline(std::string path, std::string key) : m_path(std::move(path)), m_key(std::move(key)) {}

Baseline Baseline::load(const std::string& path, const std::string& key, fs::Disk& disk) {
    if (!disk.info(path))
        throw Error(ErrorCode::NotFound, "no such file: " + path, "--update-baseline makes it.");
    Baseline baseline(path, key);
    json::Value document;
    try {
        document = json::read_document(disk.read_all(path, k_largest));
    } catch (const json::SyntaxError& error) {
        refuse(path, error.what());
    }
    const json::Number* const version = document["version"].if_number();
    if (version == nullptr || version->as_int64() != k_version) refuse(path, "its version is not 1");
    if (document["key"].string_or() != store::key_fingerprint(key))
        throw Error(ErrorCode::ConfigInvalid,
                    fmt::format("{} was made under another key ({}) than the one here ({})", path,
                                document["key"].string_or(), store::key_fingerprint(key)),
                    "Bring that key here with: opentraces key import, or make the baseline anew.");
    const json::Array* const findings = document["findings"].if_array();
    if (findings == nullptr) refuse(path, "it has no list of findings");
    for (const json::Value& finding : *findings) {
        const std::string fingerprint = text_of(finding, "fingerprint", path);
        Entry entry{text_of(finding, "rule", path), text_of(finding, "expires", path),
                    text_of(finding, "reason", path)};
        if (!is_fingerprint(fingerprint)) refuse(path, "a finding has no fingerprint");
        if (!entry.expires.empty() && !is_date(entry.expires)) refuse(path, "a finding expires on no date");
        baseline.m_entries[{text_of(finding, "path", path), fingerprint}] = std::move(entry);
    }
    return baseline;
}

std::string Baseline::seen_from_here(const std::string& place) const {
    const std::string folder = fs::parent(m_path);
    const std::string prefix = folder == "/" ? folder : folder + "/";
    return place.starts_with(prefix) ? place.substr(prefix.size()) : place;
}

std::string Baseline::fingerprint_of(std::string_view found) const {
    return security::finding_fingerprint(m_key, found);
}

Baseline::Answer Baseline::ask(const std::string& place, std::string_view found, TimePoint now) {
    const auto known = m_entries.find({seen_from_here(place), fingerprint_of(found)});
    if (known == m_entries.end()) return Answer::New;
    known->second.seen = true;
    const std::string& expires = known->second.expires;
    return !expires.empty() && expires < format_date(now) ? Answer::Expired : Answer::Known;
}

bool Baseline::add(const std::string& place, std::string_view found, const std::string& rule,
                   const std::string& expires, TimePoint now) {
    const Answer answer = ask(place, found, now);
    Entry& entry = m_entries[{seen_from_here(place), fingerprint_of(found)}];
    entry.seen = true;
    entry.rule = rule;
    if (answer != Answer::Known || !expires.empty()) entry.expires = expires;
    return answer != Answer::Known;
}

std::size_t Baseline::forget_unseen(const std::string& place) {
    const std::string path = seen_from_here(place);
    std::size_t gone = 0;
    for (auto entry = m_entries.lower_bound({path, {}});
         entry != m_entries.end() && entry->first.first == path;) {
        if (entry->second.seen) {
            ++entry;
            continue;
        }
        entry = m_entries.erase(entry);
        ++gone;
    }
    return gone;
}

void Baseline::save(fs::Disk& disk) const {
    json::Array findings;
    for (const auto& [place, entry] : m_entries) {
        json::Object finding;
        finding.append("path", place.first);
        finding.append("rule", entry.rule);
        finding.append("fingerprint", place.second);
        finding.append("expires", text_or_null(entry.expires));
        finding.append("reason", text_or_null(entry.reason));
        findings.emplace_back(std::move(finding));
    }
    json::Object document;
    document.append("version", k_version);
    document.append("key", store::key_fingerprint(m_key));
    document.append("findings", std::move(findings));
    disk.replace(m_path, json::write_pretty(json::Value(std::move(document))), 0644);
}

}  // namespace opentraces::flow
