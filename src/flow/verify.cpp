#include "opentraces/flow/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <tuple>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/shell.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/dataset/plan.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

// One trace of the dataset.
struct Place {
    std::array<char, 32> digest;
    shard::TraceKey id;
    std::uint32_t shard;
    std::uint32_t trace;  // 0-based in its shard
    auto operator<=>(const Place&) const = default;
};

std::string id_text(const shard::TraceKey& key) {
    return hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
}

bool by_id(const Place& a, const Place& b) {
    return std::tie(a.id, a) < std::tie(b.id, b);
}

class Verification {
public:
    Verification(dataset::Dataset& dataset, const VerifyOptions& options)
        : m_dataset(dataset), m_options(options) {}

    VerifyReport run() {
        const hub::DatasetInfo info = m_dataset.existing();
        const dataset::State state = m_dataset.reader().list(info.head);
        m_report.remote = info.name;
        m_report.url = info.url;
        m_report.head = info.head;
        read_index(state);
        read_withdrawn(state);
        for (const std::string& path : dataset::stray_files(state))
            add("not_a_shard", path, 0,
                "is not counted, but who loads data/ reads it: a copy that a sync client or an editor has "
                "left?");
        std::vector<hub::RemoteFile> shards;
        for (const hub::RemoteFile& file : state.data)
            if (!file.folder && shard::is_shard_path(file.path)) shards.push_back(file);
        for (const hub::RemoteFile& file : shards)
            m_total += file.size;
        for (const hub::RemoteFile& file : shards)
            check_shard(state.head, file);
        tell(m_total);
        find_duplicates();
        check_card(state, info);
        return std::move(m_report);
    }

private:
    void add(std::string kind, std::string path, std::size_t line, std::string detail) {
        if (m_report.problems.size() < k_max_problems)
            m_report.problems.push_back({.source = std::move(path),
                                         .line = line,
                                         .rule = std::move(kind),
                                         .words = std::move(detail)});
        else
            ++m_report.more_problems;
    }

    void tell(std::uint64_t done) { m_dataset.progress().working_bytes("verifying", done, m_total); }

    void read_index(const dataset::State& state) {
        const std::vector<shard::IndexFile> texts = m_dataset.reader().index_texts(state);
        try {
            for (const shard::IndexFile& file : texts)
                m_index.read(file.path, file.content);
        } catch (const Error& error) {
            add("index_damaged", std::string(shard::k_index_folder), 0, error.message());
            m_index = {};
            return;
        }
        const shard::IndexCheck check = m_index.reconcile(dataset::listed_shards(state));
        for (const shard::ListedFile& file : check.unknown)
            add("index_missing", file.path, 0, "the index does not have this shard");
        for (const shard::ListedFile& file : check.contradicted)
            add("index_wrong", file.path, 0, "is not the file that the index knows");
        for (const std::string& path : check.gone)
            add("index_gone", path, 0, "is in the index, but not in the dataset");
    }

    void read_withdrawn(const dataset::State& state) {
        try {
            m_withdrawn = m_dataset.reader().withdrawn(state);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptDataset && error.code() != ErrorCode::NewerSchema) throw;
            add("withdrawn_damaged", std::string(shard::k_withdrawn_path), 0, error.message());
        }
    }

    void check_shard(const std::string& head, const hub::RemoteFile& file) {
        const std::uint64_t before = m_done;
        shard::IndexEntry entry;
        try {
            const dataset::ShardCopy copy = m_dataset.copy(head, file, [this] { tell(m_done); });
            entry.summary = shard::summarise(copy.open(), file.path);
            check_lines(copy.open(), file.path);
        } catch (const Error& error) {
            const bool of_the_dataset = error.code() == ErrorCode::CorruptDataset ||
                                        error.code() == ErrorCode::NewerSchema ||
                                        error.code() == ErrorCode::ShardUnavailable;
            if (!of_the_dataset) throw;
            add("shard_unreadable", file.path, 0, error.message());
            m_done = before + file.size;
            return;
        }
        m_done = before + file.size;
        ++m_report.shards;
        m_report.traces += entry.summary.stats.traces;
        m_report.bytes += entry.summary.size;
        const shard::IndexEntry* indexed = m_index.find(file.path);
        if (indexed != nullptr && !shard::describes(indexed->summary, entry.summary))
            add("index_wrong", file.path, 0, "the index says something else about this shard than its bytes");
        remember(entry.summary);
        // The card is held to what the index knows, and one of an older version does not know marks.
        if (indexed != nullptr && !indexed->summary.has_marks()) entry.summary.stats.marks = {};
        m_truth.append(std::move(entry));
    }

    void check_lines(json::ByteSource source, const std::string& path) {
        json::LineReader lines(std::move(source));
        json::Line line;
        while (lines.next(line)) {
            tell(m_done += line.text.size());
            check_hash(line, path);
            if (!m_options.scan_secrets) continue;
            std::set<std::string> rules;
            for (const security::Finding& finding : security::residual_findings(line.text, m_options.scan))
                rules.insert(finding.rule);
            for (const std::string& rule : rules)
                add("secret", path, line.number, rule);
        }
    }

    void check_hash(const json::Line& line, const std::string& path) {
        if (trace::has_stale_hash(trace::decode(line.text)))
            add("hash_wrong", path, line.number, "the content hash is not that of the record");
    }

    void remember(const shard::ShardSummary& summary) {
        const std::string& bytes = summary.hashes.bytes();
        const auto shard = static_cast<std::uint32_t>(m_paths.size());
        m_paths.push_back(summary.path);
        for (std::size_t i = 0; i < summary.hashes.size(); ++i) {
            Place place{{}, summary.ids.at(i), shard, static_cast<std::uint32_t>(i)};
            std::memcpy(place.digest.data(), bytes.data() + i * place.digest.size(), place.digest.size());
            m_places.push_back(place);
            if (m_withdrawn.holds(summary.hashes.at(i)) || m_withdrawn.holds(place.id))
                add("withdrawn", summary.path, 0,
                    fmt::format("trace {} was taken back from the dataset: {}", i + 1, id_text(place.id)));
        }
    }

    void find_duplicates() {
        std::sort(m_places.begin(), m_places.end());
        for_neighbours([&](const Place& first, const Place& second) {
            if (first.digest == second.digest) add_pair("duplicate", second, "is also", first);
        });
        std::sort(m_places.begin(), m_places.end(), by_id);
        for_neighbours([&](const Place& first, const Place& second) {
            if (first.id == second.id && first.digest != second.digest)
                add_pair("duplicate_id", second, "has the trace id of", first);
        });
    }

    template <class Look>
    void for_neighbours(const Look& look) const {
        for (std::size_t i = 1; i < m_places.size(); ++i)
            look(m_places[i - 1], m_places[i]);
    }

    void add_pair(std::string kind, const Place& place, std::string_view relation, const Place& other) {
        add(std::move(kind), m_paths[place.shard], 0,
            fmt::format("trace {} {} trace {} of {}", place.trace + 1, relation, other.trace + 1,
                        m_paths[other.shard]));
    }

    void check_card(const dataset::State& state, const hub::DatasetInfo& info) {
        const auto text = m_dataset.reader().root_file(state, card::k_card_path);
        const std::string path(card::k_card_path);
        if (!text) {
            if (m_report.shards > 0) add("card_missing", path, 0, "there is no card");
            return;
        }
        try {
            const card::CardInput input =
                dataset::card_input(m_dataset.reader(), state, m_truth, info, m_options.settings);
            for (std::string& reason : card::check(text, input).reasons)
                add("card_stale", path, 0, std::move(reason));
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CardMalformed && error.code() != ErrorCode::CorruptDataset) throw;
            add("card_malformed", path, 0, error.message());
        }
    }

    dataset::Dataset& m_dataset;
    const VerifyOptions& m_options;
    shard::Index m_index;  // as the dataset has it
    shard::Withdrawals m_withdrawn;
    shard::Index m_truth;  // as the shards are
    std::vector<std::string> m_paths;
    std::vector<Place> m_places;
    std::uint64_t m_total = 0;  // bytes of all shards
    std::uint64_t m_done = 0;   // that have been read
    VerifyReport m_report;
};

}  // namespace

std::string mending(std::string_view rule, const std::string& dataset) {
    const std::string name = shell_quoted(dataset);
    const auto is_one_of = [rule](std::initializer_list<std::string_view> rules) {
        return std::find(rules.begin(), rules.end(), rule) != rules.end();
    };
    if (is_one_of({"index_damaged", "index_missing", "index_gone", "index_wrong"}))
        return "opentraces index rebuild " + name;
    if (is_one_of({"card_missing", "card_stale"})) return "opentraces card " + name + " --write";
    if (rule == "card_malformed") return "opentraces card " + name + " --write --card-reset";
    if (rule == "secret")
        return fmt::format(
            "opentraces rescan {0} --all -o plan.jsonl; opentraces takedown --plan plan.jsonl --repo {0}",
            name);
    if (is_one_of({"withdrawn", "hash_wrong"})) return "opentraces takedown ID --remove --repo " + name;
    if (is_one_of({"duplicate", "duplicate_id"})) return "opentraces takedown --duplicates --repo " + name;
    return {};
}

VerifyReport verify_dataset(Ports& ports, store::Store& store, const std::string& project,
                            const VerifyOptions& options, Progress& progress) {
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Read, progress);
    VerifyReport report;
    dataset.read([&] { report = Verification(dataset, options).run(); });
    return report;
}

}  // namespace opentraces::flow
