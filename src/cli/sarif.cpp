#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "cli/found_secrets.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/json/visible.hpp"
#include "opentraces/net/url.hpp"
#include "opentraces/security/rules.hpp"

namespace opentraces::cli {
namespace {

constexpr std::string_view k_schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::size_t k_longest_line = std::size_t{64} << 10;  // bytes up to which columns are counted

std::string level_of(security::Severity severity) {
    if (severity >= security::Severity::High) return "error";
    return severity == security::Severity::Medium ? "warning" : "note";
}

// What code scanning services sort by, from 0 to 10.
std::string security_severity(security::Severity severity) {
    switch (severity) {
        case security::Severity::Critical:
            return "9.5";
        case security::Severity::High:
            return "8.0";
        case security::Severity::Medium:
            return "5.0";
        case security::Severity::Low:
            return "2.0";
    }
    return "0.0";
}

json::Object one(const char* name, json::Value value) {
    json::Object object;
    object.append(name, std::move(value));
    return object;
}

json::Object message(std::string text) {
    return one("text", std::move(text));
}

json::Value list_of(json::Object item) {
    json::Array array;
    array.emplace_back(std::move(item));
    return array;
}

std::string uri_of(const std::string& path) {
    return (path.starts_with('/') ? "file://" : "") + net::percent_encode(path, true);
}

std::size_t columns_of(std::string_view text) {
    return code_points(repair_utf8(text));
}

// Of its first byte, from 1 on, if the beginning of the line is known.
std::optional<std::size_t> column_of(const FoundSecret& found) {
    const std::string_view before = found.context.before;
    const std::size_t line = before.rfind('\n');
    const bool begins =
        line != std::string_view::npos || found.context.json || before.size() == found.finding.offset;
    const std::string_view begun = before.substr(line + 1);
    if (!begins || begun.size() > k_longest_line) return std::nullopt;
    return columns_of(begun) + 1;
}

json::Object region_of(const FoundSecret& found) {
    json::Object region;
    const std::string_view text = found.context.text;
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    region.append("startLine", found.finding.line);
    const std::optional<std::size_t> column = column_of(found);
    if (column) {
        const std::size_t end = columns_of(text.substr(text.rfind('\n') + 1)) + (lines == 0 ? *column : 1);
        region.append("startColumn", static_cast<std::uint64_t>(*column));
        region.append("endLine", found.finding.line + lines);
        region.append("endColumn", static_cast<std::uint64_t>(end));
    }
    if (found.in_file) {
        region.append("byteOffset", found.finding.offset);
        region.append("byteLength", found.finding.length);
    }
    return region;
}

json::Array locations_of(const FoundSecret& found) {
    json::Array locations;
    if (found.place.path.empty()) return locations;
    json::Object physical;
    physical.append("artifactLocation", one("uri", uri_of(found.place.path)));
    physical.append("region", region_of(found));
    locations.emplace_back(one("physicalLocation", std::move(physical)));
    return locations;
}

std::string words_of(const FoundSecret& found, const std::string& description) {
    std::string words = fmt::format("{}, {} bytes", description, found.finding.length);
    if (found.place.path.empty()) words += ", in the message of the commit";
    if (!found.place.commit.empty()) words += fmt::format(" (commit {})", found.place.commit);
    return words;
}

class Sarif final : public FindingPrinter {
public:
    explicit Sarif(Print print) : m_print(std::move(print)) {
        for (security::RuleFacts& rule : security::rule_facts())
            m_rules.emplace(rule.id, std::move(rule));
    }

    void begin() override {
        m_print(fmt::format(R"({{"$schema":"{}","version":"2.1.0","runs":[{{"results":[)", k_schema));
    }

    void know(const security::OwnRulesPtr& own) override {
        for (security::RuleFacts& rule : security::rule_facts(own))
            if (!rule.where.empty()) m_rules.insert_or_assign(rule.id, std::move(rule));
    }

    void add(const FoundSecret& found) override {
        const std::string& rule = found.finding.rule;
        m_seen.insert(rule);
        json::Object result;
        result.append("ruleId", rule);
        result.append("level", level_of(found.finding.severity));
        result.append("message", message(words_of(found, description_of(rule))));
        result.append("locations", locations_of(found));
        if (!found.counts())
            result.append("suppressions",
                          list_of(one("kind", found.remark == Remark::Allowed ? "inSource" : "external")));
        m_print((m_first ? "" : ",") + json::to_visible(json::Value(std::move(result))));
        m_first = false;
    }

    void end(const Answer& answer) override {
        json::Object run;
        run.append("columnKind", "unicodeCodePoints");
        run.append("invocations", list_of(invocation(answer)));
        run.append("tool", one("driver", driver()));
        m_print("]," + json::to_visible(json::Value(std::move(run))).substr(1) + "]}\n");
    }

private:
    std::string description_of(const std::string& rule) const {
        const auto known = m_rules.find(rule);
        return known == m_rules.end() ? rule : known->second.description;
    }

    // What could not be scanned; findings are no failure of the tool.
    json::Object invocation(const Answer& answer) const {
        json::Array notes;
        if (const json::Value* const failures = answer.fields.find("failures"))
            for (const json::Value& failure : *failures->if_array()) {
                if (failure["code"].string_or() == error_row(ErrorCode::SecretsFound).name) continue;
                json::Object note;
                note.append("level", "error");
                note.append("message", message(std::string(failure["message"].string_or())));
                notes.emplace_back(std::move(note));
            }
        const bool stopped = answer.error && answer.error->code() != ErrorCode::SecretsFound && notes.empty();
        if (stopped) {
            json::Object note;
            note.append("level", "error");
            note.append("message", message(answer.error->message()));
            notes.emplace_back(std::move(note));
        }
        json::Object invocation;
        invocation.append("executionSuccessful", notes.empty());
        invocation.append("toolExecutionNotifications", std::move(notes));
        return invocation;
    }

    json::Object driver() const {
        json::Array rules;
        for (const std::string& id : m_seen) {
            const auto known = m_rules.find(id);
            json::Object rule;
            rule.append("id", id);
            if (known != m_rules.end()) {
                rule.append("shortDescription", message(known->second.description));
                rule.append("defaultConfiguration", one("level", level_of(known->second.severity)));
                json::Object properties;
                properties.append("security-severity", security_severity(known->second.severity));
                properties.append("tags", json::Array{json::Value("security")});
                rule.append("properties", std::move(properties));
            }
            rules.emplace_back(std::move(rule));
        }
        json::Object driver;
        driver.append("name", "opentraces");
        driver.append("semanticVersion", std::string(program_version()));
        driver.append("rules", std::move(rules));
        return driver;
    }

    Print m_print;
    std::map<std::string, security::RuleFacts> m_rules;
    std::set<std::string> m_seen;
    bool m_first = true;
};

}  // namespace

std::unique_ptr<FindingPrinter> print_sarif(FindingPrinter::Print print) {
    return std::make_unique<Sarif>(std::move(print));
}

}  // namespace opentraces::cli
