// Export: a TraceRecord as the documents of another format, and an account of what that format cannot hold.
// Formats, their rules and the mapping tables: docs/field-mappings.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::formats {

enum class Coverage {
    Full,       // a generic reader of the format sees it
    Extension,  // kept whole, in the format's extension area
    Partial,
    Dropped,
};

// A row of the coverage table: fields of the record that share one fate.
struct FieldGroup {
    std::string_view name;    // stable, snake_case: "tool_calls"
    std::string_view fields;  // paths in the record
};
std::span<const FieldGroup> field_groups();
// How many values of each group a record has, added to `sums` in the same order.
void add_values(const trace::TraceRecord& record, std::span<std::uint64_t> sums);

// What a format does with a group: a row of docs/field-mappings.md.
struct Mapping {
    std::string_view group;  // FieldGroup::name
    Coverage coverage = Coverage::Dropped;
    std::string_view target = {};  // where it goes in the format; empty for Dropped
};

std::string_view name_of(Coverage coverage);  // "full", "extension", "partial", "dropped"

enum class Layout {
    Lines,      // any number of records in one file
    Documents,  // a file holds one trace (or one run of it)
};

struct ExportOptions {
    std::string program_version;
    std::string format_version;  // empty: the newest that the format has
    std::string flavor;          // chat: hf, openai, mistral
    std::string mask;            // chat: none, loss, train, weight, loss_weight
    bool mask_errors = false;
    bool split_parallel = false;
    std::string tools_as;  // chat: list, text
    bool subagents = true;
    std::string otel_content;  // none, delta, full
    std::string otel_dialect;  // genai, openinference, langfuse
    bool otel_structured = false;
    std::string steps_as;  // steps: jsonl, csv
    std::string harness;   // sts, pi: instead of the agent's name
};

// Receives the documents of an export. What follows `begin` is the text of that document, until `end`.
class Documents {
public:
    virtual ~Documents() = default;
    // `stem` names the document where each gets its own file: "<session id>" or "<session id>.<run id>",
    // already safe as a file name.
    virtual json::Sink& begin(std::string_view stem) = 0;
    virtual void end() = 0;
};

enum class Fate {
    Written,
    Skipped,       // the format cannot hold it
    NothingToSay,  // nothing in the record is what the format is about; no failure
};

struct Converted {
    Fate fate = Fate::Written;
    std::string reason;  // why not, when not written; never trace text
    // What did not survive, beyond what the coverage table says of every record: the field is a FieldGroup's
    // name, the words are such as "orphan observation without a call".
    std::vector<Diagnostic> remarks;
};

class Exporter {
public:
    virtual ~Exporter() = default;
    // Text before the first document of a file (a CSV header), mostly nothing. Lines only.
    virtual std::string_view preamble() const { return {}; }
    // Of a document's file, where the options decide it; empty: Format::extension.
    virtual std::string_view extension() const { return {}; }
    // All documents of one record, or none: a record that cannot be converted writes nothing.
    virtual Converted write(const trace::TraceRecord& record, Documents& documents) const = 0;
};

struct Format {
    std::string_view name;       // "atif"
    std::string_view summary;    // one line for `export --list`
    std::string_view reference;  // specification name and version
    std::string_view extension;  // of a document's file: ".trajectory.json"
    Layout layout = Layout::Lines;
    std::span<const Mapping> mappings;  // one for each of field_groups(), in that order
    // Throws Error(Usage) for an option value that the format does not know.
    std::unique_ptr<Exporter> (*open)(const ExportOptions& options);
};

std::span<const Format> formats();
// Throws Error(UnknownFormat) naming the known formats.
const Format& format_named(std::string_view name);

}  // namespace opentraces::formats
