// Every session of the corpus through ATIF and back, and every trajectory of the corpus into a record.
// Skipped where the corpus is not there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/formats/importer.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/trace/codec.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;

const std::filesystem::path k_corpus =
    std::filesystem::path(opentraces::testing::source_folder()) / "../shared/corpus";

bool has_corpus() {
    if (std::filesystem::exists(k_corpus)) return true;
    std::cout << "skipped: no corpus at " << k_corpus << '\n';
    return false;
}

std::vector<std::string> files_below(const std::filesystem::path& folder, const std::string& ending) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().string().ends_with(ending))
            files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class OneDocument final : public formats::Documents {
public:
    json::Sink& begin(std::string_view) override { return sink; }
    void end() override {}
    json::StringSink sink;
};

// Definitions that lose nothing by it come back in the function form.
std::string comparable(trace::TraceRecord record) {
    record.tool_definitions.clear();
    return trace::canonical_text(record);
}

bool comes_back(const trace::TraceRecord& record) {
    OneDocument document;
    const auto exporter = formats::format_named("atif").open({});
    if (exporter->write(record, document).fate != formats::Fate::Written) return false;
    const auto row = formats::importer_named("atif").read(json::parse(document.sink.text()), {});
    return row.record && comparable(*row.record) == comparable(record);
}

struct Tally {
    std::size_t rows = 0;
    std::size_t records = 0;
    std::size_t steps = 0;
    std::size_t calls = 0;
    std::size_t unlinked = 0;
};

Tally import_all(std::string_view parser, const std::string& path) {
    Tally tally;
    const json::Value document = json::parse(read_file(path));
    const json::Array one{document};
    for (const json::Value& row : document.if_array() != nullptr ? *document.if_array() : one) {
        ++tally.rows;
        const auto read = formats::importer_named(parser).read(row, {"corpus", "0", "", "", "", ""});
        if (!read.record) continue;
        ++tally.records;
        tally.steps += read.record->steps.size();
        for (const trace::Step& step : read.record->steps) {
            tally.calls += step.tool_calls.size();
            for (const trace::Observation& observation : step.observations)
                tally.unlinked += observation.error == "unlinked_response" ? 1 : 0;
        }
    }
    return tally;
}

}  // namespace

TEST_CASE("every session of the corpus comes back from ATIF as it went", "[corpus]") {
    if (!has_corpus()) return;
    const auto disk = fs::posix_disk();
    std::size_t sessions = 0;
    for (const capture::Agent* agent : capture::agents()) {
        const auto folder = k_corpus / std::string(agent->name);
        if (!std::filesystem::exists(folder)) continue;
        for (const std::string& path : files_below(folder, ".jsonl")) {
            capture::ParsedSession parsed;
            try {
                parsed = agent->read_from(path, *disk);
            } catch (const std::exception&) {
                continue;  // refused files are capture's business
            }
            if (!parsed.record || parsed.record->steps.empty()) continue;
            INFO(path);
            CHECK(comes_back(*parsed.record));
            ++sessions;
        }
    }
    CHECK(sessions > 50);
    std::cout << sessions << " sessions through ATIF and back\n";
}

TEST_CASE("every ATIF trajectory of the corpus becomes a record and comes back as it is", "[corpus]") {
    if (!has_corpus()) return;
    std::size_t trajectories = 0;
    for (const std::string& path : files_below(k_corpus / "atif", ".json")) {
        INFO(path);
        const json::Value document = json::parse(read_file(path));
        const formats::Importer& atif = formats::importer_named("atif");
        if (!document["schema_version"].string_or().starts_with("ATIF-")) {
            CHECK_FALSE(atif.recognises(document));
            continue;
        }
        CHECK(atif.recognises(document));
        const auto row = atif.read(document, {"corpus", "0", "", "", "", ""});
        INFO(row.reason);
        REQUIRE(row.record.has_value());
        CHECK(row.record->steps.size() == document["steps"].if_array()->size());
        CHECK(comes_back(*row.record));
        ++trajectories;
    }
    CHECK(trajectories >= 28);
}

TEST_CASE("every ADP sample of the corpus becomes records", "[corpus]") {
    if (!has_corpus()) return;
    Tally all;
    for (const std::string& path : files_below(k_corpus / "adp", "sample_std.json")) {
        INFO(path);
        const Tally tally = import_all("adp", path);
        CHECK(tally.records == tally.rows);
        CHECK(tally.unlinked == 0);
        all.rows += tally.rows;
        all.calls += tally.calls;
    }
    CHECK(all.rows == 65);
    CHECK(all.calls == 317);
}
