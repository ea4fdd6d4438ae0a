#include "hub/journal_text.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "hub/dataset_paths.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_format = "opentraces-journal";
constexpr std::int64_t k_version = 1;
constexpr std::size_t k_digest_digits = 64;
constexpr std::size_t k_writer_digits = 16;

json::Value to_value(const std::optional<FileState>& state, const std::string& kept) {
    if (!state) return {};
    json::Object object;
    if (!kept.empty()) object.append("kept", kept);
    object.append("size", state->size);
    object.append("sha256", state->sha256);
    return object;
}

json::Object body_of(const Journal& journal) {
    json::Array steps;
    for (const JournalStep& step : journal.steps) {
        json::Object entry;
        entry.append("path", step.path);
        entry.append("before", to_value(step.before, step.kept));
        entry.append("after", to_value(step.after, {}));
        steps.emplace_back(std::move(entry));
    }
    json::Object body;
    body.append("format", k_format);
    body.append("version", k_version);
    body.append("writer", journal.writer);
    body.append("parent", journal.parent);
    body.append("steps", std::move(steps));
    return body;
}

// False: neither null nor a state.
bool read_state(const json::Value& value, std::optional<FileState>& state) {
    if (value.is_null()) return true;
    const auto size = value["size"].integer();
    FileState found{static_cast<std::uint64_t>(size.value_or(0)), std::string(value["sha256"].string_or())};
    if (!size || *size < 0 || !is_lower_hex(found.sha256, k_digest_digits)) return false;
    state = std::move(found);
    return true;
}

std::optional<JournalStep> read_step(const json::Value& entry) {
    JournalStep step;
    step.path = entry["path"].string_or();
    step.kept = entry["before"]["kept"].string_or();
    if (!is_dataset_path(step.path)) return std::nullopt;
    if (!read_state(entry["before"], step.before) || !read_state(entry["after"], step.after))
        return std::nullopt;
    if (step.before ? !is_staged_name(step.kept) : !step.after.has_value()) return std::nullopt;
    return step;
}

bool read_steps(const json::Array& list, std::vector<JournalStep>& steps) {
    std::set<std::string> paths;
    std::set<std::string> kept;
    for (const json::Value& entry : list) {
        auto step = read_step(entry);
        if (!step || !paths.insert(step->path).second) return false;
        if (step->before && !kept.insert(step->kept).second) return false;
        steps.push_back(std::move(*step));
    }
    return true;
}

}  // namespace

std::string journal_body(const Journal& journal) {
    return json::write_document(body_of(journal));
}

std::string to_text(const Journal& journal) {
    json::Object object = body_of(journal);
    object.append("seal", journal.seal);
    return json::write_document(object) + "\n";
}

std::optional<Journal> journal_from_text(std::string_view text) {
    try {
        const json::Value document = json::read_document(text);
        Journal journal;
        journal.writer = document["writer"].string_or();
        journal.parent = document["parent"].string_or();
        journal.seal = document["seal"].string_or();
        const json::Array* const steps = document["steps"].if_array();
        if (document["format"].string_or() != k_format || document["version"].integer() != k_version ||
            !is_lower_hex(journal.writer, k_writer_digits) || !is_lower_hex(journal.seal, k_digest_digits) ||
            steps == nullptr || !read_steps(*steps, journal.steps))
            return std::nullopt;
        return journal;
    } catch (const json::SyntaxError&) {
        return std::nullopt;
    }
}

}  // namespace opentraces::hub
