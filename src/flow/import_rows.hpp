// One import run: rows in, traces in the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "opentraces/flow/import.hpp"
#include "opentraces/json/rows.hpp"
#include "opentraces/shard/withdrawn.hpp"

namespace opentraces::flow {

// What a file of rows is called, in messages and in identities.
struct RowSource {
    std::string name;         // for people
    std::string source_path;  // for the store
    bool lines = false;
    bool keyed_by_content = false;  // the position of a row says nothing
    formats::RowOrigin origin;      // without the key
};

class RowImport {
public:
    // Where files may be of different kinds, the first row of each decides, and one that is of none is a
    // failure; else the first row of all decides.
    enum class Kinds { One, Many };
    RowImport(store::Store* store, const ImportOptions& options, Progress& progress,
              Kinds kinds = Kinds::One);

    void read(const RowSource& file, json::ByteSource source);
    bool full() const;
    // What its dataset has taken back is skipped.
    void leave_out(shard::Withdrawals withdrawn) { m_withdrawn = std::move(withdrawn); }
    ImportResult& result() { return m_result; }

private:
    const formats::Importer& importer_of(const json::Value& row) const;
    // Whether there is one.
    bool choose(const json::Value& row, const RowSource& file, std::size_t line);
    // False when the rest of the file cannot be read either.
    bool add(const RowSource& file, const json::RowText& found, std::uint64_t number);
    void place(formats::ImportedRow row, const RowSource& file, std::size_t line);
    bool tell_apart(trace::TraceRecord& record, bool whole, std::string& source_path);
    void stage(security::ScrubbedTrace trace, const std::string& source_path);

    store::Store* m_store;
    const ImportOptions& m_options;
    Progress& m_progress;
    Kinds m_kinds;
    const formats::Importer* m_importer;  // null: not chosen yet
    bool m_counted = false;               // the file, for its importer
    shard::Withdrawals m_withdrawn;
    ImportResult m_result;
    std::unordered_map<std::uint64_t, std::uint64_t> m_sessions;  // digest of agent and session -> rows
    std::unordered_set<std::uint64_t> m_seen;                     // digests of whole records
};

}  // namespace opentraces::flow
