#include "flow/push_selection.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <unordered_set>
#include <utility>

#include "opentraces/core/ids.hpp"

namespace opentraces::flow {
namespace {

// Revisions follow each other, but not all of them need have been sent to this dataset.
constexpr int k_revisions_ahead = 16;

// In the order in which they count.
enum class Match : std::uint8_t { None, SameId, LaterRevision, SameText };

using Digest = std::array<char, 32>;

Digest digest_of(const ContentHash& hash) {
    shard::HashList one;
    one.add(hash);
    Digest digest{};
    std::memcpy(digest.data(), one.bytes().data(), digest.size());
    return digest;
}

template <class Key>
struct Mark {
    Key key;
    std::uint32_t candidate;
    Match match;
    bool operator<(const Mark& other) const { return key < other.key; }
};

template <class Key>
class Marks {
public:
    void add(const Key& key, std::size_t candidate, Match match) {
        m_marks.push_back({key, static_cast<std::uint32_t>(candidate), match});
    }
    void sort() { std::sort(m_marks.begin(), m_marks.end()); }

    // Calls `found` for every mark of one of the keys that lie in `bytes` one after the other.
    template <class Found>
    void find(const std::string& bytes, const Found& found) const {
        Mark<Key> wanted{};
        for (std::size_t at = 0; at + wanted.key.size() <= bytes.size(); at += wanted.key.size()) {
            std::memcpy(wanted.key.data(), bytes.data() + at, wanted.key.size());
            const auto [first, last] = std::equal_range(m_marks.begin(), m_marks.end(), wanted);
            std::for_each(first, last, found);
        }
    }

private:
    std::vector<Mark<Key>> m_marks;
};

// The candidates by everything that a dataset may have of them.
class Wanted {
public:
    explicit Wanted(const std::vector<Candidate>& candidates) : m_matches(candidates.size(), Match::None) {
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const Candidate& trace = candidates[i];
            m_hashes.add(digest_of(trace.hash), i, Match::SameText);
            m_ids.add(shard::trace_key(trace.id.str()), i, Match::SameId);
            for (int ahead = 1; ahead <= k_revisions_ahead; ++ahead)
                m_ids.add(shard::trace_key(
                              trace_id_for(trace.agent, trace.session_id, trace.revision + ahead).str()),
                          i, Match::LaterRevision);
        }
        m_hashes.sort();
        m_ids.sort();
    }

    // Compares with what the index says of every shard; answers the shards that it says hold something.
    std::vector<std::string> compare(const shard::Index& index) {
        std::fill(m_matches.begin(), m_matches.end(), Match::None);
        std::vector<std::string> shards;
        for (const shard::IndexEntry* entry : index.entries()) {
            bool any = false;
            const auto found = [&](const auto& mark) {
                any = true;
                m_matches[mark.candidate] = std::max(m_matches[mark.candidate], mark.match);
            };
            m_hashes.find(entry->summary.hashes.bytes(), found);
            m_ids.find(entry->summary.ids.bytes(), found);
            if (any) shards.push_back(entry->summary.path);
        }
        return shards;
    }

    Match match_of(std::size_t candidate) const { return m_matches[candidate]; }

private:
    Marks<Digest> m_hashes;
    Marks<shard::TraceKey> m_ids;
    std::vector<Match> m_matches;
};

// Those of which a later revision is sent with them.
std::unordered_set<TraceId> outdated_among(const std::vector<Candidate>& candidates) {
    std::map<std::pair<std::string_view, std::string_view>, const Candidate*> latest;
    std::unordered_set<TraceId> outdated;
    for (const Candidate& trace : candidates) {
        const Candidate*& known = latest[{trace.agent, trace.session_id}];
        const Candidate* const older = known != nullptr && known->revision > trace.revision ? &trace : known;
        if (older != nullptr) outdated.insert(older->id);
        if (older != &trace) known = &trace;
    }
    return outdated;
}

}  // namespace

std::vector<Candidate> Selection::duplicates() const {
    std::vector<Candidate> all = same_text;
    all.insert(all.end(), other_text.begin(), other_text.end());
    all.insert(all.end(), superseded.begin(), superseded.end());
    return all;
}

Selection select_fresh(const std::vector<Candidate>& committed, dataset::Reader& reader,
                       dataset::State& state) {
    Wanted wanted(committed);
    bool corrected = false;
    for (const std::string& path : wanted.compare(state.index))
        corrected = !reader.confirm(state, path) || corrected;
    // Once is enough: what has changed in the index was just read.
    if (corrected) wanted.compare(state.index);
    Selection selection;
    std::unordered_set<ContentHash> taken;
    const std::unordered_set<TraceId> outdated = outdated_among(committed);
    for (std::size_t i = 0; i < committed.size(); ++i) {
        const Candidate& trace = committed[i];
        switch (wanted.match_of(i)) {
            case Match::SameText:
                selection.same_text.push_back(trace);
                break;
            case Match::LaterRevision:
                selection.superseded.push_back(trace);
                break;
            case Match::SameId:
                selection.other_text.push_back(trace);
                break;
            case Match::None:
                if (outdated.contains(trace.id)) {
                    selection.superseded.push_back(trace);
                    break;
                }
                (taken.insert(trace.hash).second ? selection.fresh : selection.same_text).push_back(trace);
                break;
        }
    }
    return selection;
}

}  // namespace opentraces::flow
