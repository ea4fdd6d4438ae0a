#include "flow/push_selection.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <unordered_set>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/ids.hpp"

namespace opentraces::flow {
namespace {

// Revisions follow each other, but not all of them need have been sent to this dataset.
constexpr int k_revisions_ahead = 16;
constexpr int k_revisions_behind = 256;

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

// Ids that are made here are UUIDs, of which a key holds all.
TraceId id_of(const shard::TraceKey& key) {
    std::string text = hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
    for (const std::size_t dash : {8, 13, 18, 23})
        text.insert(dash, "-");
    return TraceId(text);
}

TraceId id_of(const Candidate& trace, int revision) {
    return trace_id_for(trace.agent, trace.session_id, revision);
}

int first_revision(const Candidate& trace) {
    return std::max(0, trace.revision - k_revisions_behind);
}

// What was taken back stays away, whatever else its session says by now.
bool is_withdrawn(const Candidate& trace, const shard::Withdrawals& withdrawn) {
    if (withdrawn.empty()) return false;
    if (withdrawn.holds(trace.hash) || withdrawn.holds(shard::trace_key(trace.id.str()))) return true;
    for (int revision = first_revision(trace); revision <= trace.revision + k_revisions_ahead; ++revision)
        if (withdrawn.holds(shard::trace_key(id_of(trace, revision).str()))) return true;
    return false;
}

// The candidates by everything that a dataset may have of them.
class Wanted {
public:
    explicit Wanted(const std::vector<Candidate>& candidates) : m_matches(candidates.size(), Match::None) {
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const Candidate& trace = candidates[i];
            m_hashes.add(digest_of(trace.hash), i, Match::SameText);
            m_ids.add(shard::trace_key(trace.id.str()), i, Match::SameId);
            for (int ahead = 1; ahead <= k_revisions_ahead; ++ahead)
                m_ids.add(shard::trace_key(id_of(trace, trace.revision + ahead).str()), i,
                          Match::LaterRevision);
        }
        for (std::size_t i = 0; i < candidates.size(); ++i)
            for (int revision = first_revision(candidates[i]); revision < candidates[i].revision; ++revision)
                m_earlier.add(shard::trace_key(id_of(candidates[i], revision).str()), i, Match::None);
        m_hashes.sort();
        m_ids.sort();
        m_earlier.sort();
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

    // Where the index says that earlier revisions are, by candidate.
    std::multimap<std::size_t, Earlier> earlier_in(const shard::Index& index) const {
        std::multimap<std::size_t, Earlier> found;
        for (const shard::IndexEntry* entry : index.entries())
            m_earlier.find(entry->summary.ids.bytes(), [&](const auto& mark) {
                found.insert({mark.candidate, {id_of(mark.key), entry->summary.path}});
            });
        return found;
    }

private:
    Marks<shard::TraceKey> m_earlier;
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
    const std::multimap<std::size_t, Earlier> earlier = wanted.earlier_in(state.index);
    const shard::Withdrawals withdrawn = reader.withdrawn(state);
    Selection selection;
    std::unordered_set<ContentHash> taken;
    const std::unordered_set<TraceId> outdated = outdated_among(committed);
    for (std::size_t i = 0; i < committed.size(); ++i) {
        const Candidate& trace = committed[i];
        if (is_withdrawn(trace, withdrawn)) {
            selection.withdrawn.push_back(trace);
            continue;
        }
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
                if (!taken.insert(trace.hash).second) {
                    selection.same_text.push_back(trace);
                    break;
                }
                selection.fresh.push_back(trace);
                for (auto [at, end] = earlier.equal_range(i); at != end; ++at)
                    selection.earlier.push_back(at->second);
                break;
        }
    }
    return selection;
}

}  // namespace opentraces::flow
