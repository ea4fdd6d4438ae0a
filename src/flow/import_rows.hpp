// One import run: rows in, traces in the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "opentraces/flow/import.hpp"
#include "opentraces/json/rows.hpp"

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
    RowImport(store::Store* store, const ImportOptions& options, Progress& progress);

    void read(const RowSource& file, json::ByteSource source);
    bool full() const;
    ImportResult& result() { return m_result; }

private:
    void choose(const json::Value& row, const std::string& name);
    void add(const RowSource& file, const json::RowText& found, std::uint64_t number);
    void place(formats::ImportedRow row, const RowSource& file, std::size_t line);
    bool tell_apart(trace::TraceRecord& record, bool whole, std::string& source_path);
    void stage(security::ScrubbedTrace trace, const std::string& source_path);

    store::Store* m_store;
    const ImportOptions& m_options;
    Progress& m_progress;
    const formats::Importer* m_importer;
    ImportResult m_result;
    std::unordered_map<std::uint64_t, std::uint64_t> m_sessions;  // digest of agent and session -> rows
    std::unordered_set<std::uint64_t> m_seen;                     // digests of whole records
};

}  // namespace opentraces::flow
