// The only way from a parsed record to one that may be stored or leave the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/security/own_rules.hpp"
#include "opentraces/security/personal_data.hpp"
#include "opentraces/trace/limits.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::security {

// Bumped when a rule or the pipeline changes what it finds.
inline constexpr std::string_view k_scanner_version = "1.3.0";

// How every id begins that stands for one with a secret in it.
inline constexpr std::string_view k_replaced_id = "redacted-";

enum class Severity { Low, Medium, High, Critical };
std::string_view name_of(Severity severity);

// How the scanner had to read a text to see what it found.
enum class Layer {
    Plain,      // the bytes as they are
    Escaped,    // escapes of JSON, percent-encoding or colours of a terminal undone
    Encoded,    // base64 or hexadecimal digits decoded
    Dump,       // the rows of a hex dump
    Joined,     // parts put together that a terminal, code or two results had split
    Elsewhere,  // a value that was found in another place of the record
};
std::string_view name_of(Layer layer);  // "plain", …

// What was found, never the secret itself.
struct Finding {
    std::string rule;  // "github_token"
    Severity severity = Severity::Medium;
    std::string field;         // path in the record, or empty for plain text
    std::uint64_t offset = 0;  // byte range in the text that was scanned (before redaction)
    std::uint64_t length = 0;
    std::uint64_t line = 0;  // 1-based, for plain text and JSONL input; 0 otherwise
    bool redacted = false;
    Layer layer = Layer::Plain;
    // Of what scrub() replaced: the same for the same value, and nothing that could be tried without the key
    // behind pseudonyms. Empty without such a key.
    std::string fingerprint;
};

// What a scan that changes nothing may say besides.
struct ScanScope {
    bool program_rules = true;  // false: the user's own rules alone, and custom strings
    // Where a text is from, for rules and allow-lists of the user's own that ask; empty: not known.
    std::string path{};
    std::string commit{};
};
// The beginning of HMAC-SHA-256 over what was found: 32 hex digits.
std::string finding_fingerprint(std::string_view key, std::string_view found);

struct ScrubOptions {
    std::string user_name;                    // login name: anonymised in paths and prompts
    std::vector<std::string> custom_strings;  // literals that must never appear
    std::string pseudonym_key;                // per-installation secret for path pseudonyms (any bytes)
    trace::ContentLimits limits;              // what of long texts is kept
    OwnRulesPtr own_rules;                    // beside those of the program; may be none
    ScanScope scope;
    PersonalData personal;
};

// A record without known secrets. Only scrub() makes one: the type is the permission to store and publish.
class ScrubbedTrace {
public:
    const trace::TraceRecord& record() const { return m_record; }
    const std::vector<Finding>& findings() const { return m_findings; }
    std::uint64_t redactions() const { return m_redactions; }
    // A person should look before this leaves: something of severity medium or more was found or flagged.
    bool needs_review() const { return m_needs_review; }
    // False of a record that came scrubbed: what was taken out of it before is known to nobody here.
    bool knows_findings() const { return m_knows_findings; }
    // rule -> number of findings
    std::map<std::string, std::uint64_t> counts() const;
    // Consumes this object, for writing a large record without a copy.
    trace::TraceRecord take_record() && { return std::move(m_record); }

private:
    friend ScrubbedTrace scrub(trace::TraceRecord record, const ScrubOptions& options);
    ScrubbedTrace() = default;
    trace::TraceRecord m_record;
    std::vector<Finding> m_findings;
    std::uint64_t m_redactions = 0;
    bool m_needs_review = false;
    bool m_knows_findings = true;
};

// Scans every text of the record (and decoded views of it), redacts whole values, propagates each secret to
// its other occurrences, anonymises home paths, and scans the result once more. Fills record.security.
// Throws Error SecretsFound if something critical is left, ScannerFailed if scanning failed.
ScrubbedTrace scrub(trace::TraceRecord record, const ScrubOptions& options);

// Secrets and personal data in plain text, sorted by offset, spans merged.
std::vector<Finding> scan_text(std::string_view text, const ScrubOptions& options = {});
struct RedactedText {
    std::string text;
    std::vector<Finding> findings;
};
RedactedText redact_text(std::string_view text, const ScrubOptions& options = {});

// What is left in one serialised JSONL line (the exact bytes about to be uploaded): strings are decoded
// first, so an escape hides nothing. Offsets are into `line`. An empty answer permits the upload.
std::vector<Finding> residual_findings(std::string_view line, const ScrubOptions& options = {});

// SHA-256 over all rule data, the user's own rules and the kinds of personal data that are looked for, so
// that a dataset can say which rules its shards passed.
std::string rule_set_digest(const OwnRulesPtr& own_rules = nullptr, const PersonalData& personal = {});

}  // namespace opentraces::security
