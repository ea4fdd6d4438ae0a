// How well secrets are found: values of every format in every carrier, and texts without any.
//
//   security_benchmark [--seed N] [--every N] [--json] [--check] [--folder DIR] [--gitleaks PATH] ...
//
// --every N takes each Nth pair of format and carrier; --check exits with 1 where less is found than must be.
// Other scanners (--gitleaks, --betterleaks, --kingfisher, --detect-secrets, --credsweeper) are run on the
// same texts as files in --folder.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "opentraces/json/value.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/security/scrub.hpp"
#include "security/measure.hpp"
#include "security/other_scanners.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Options {
    Plan plan;
    bool json = false;
    bool check = false;
    std::string folder;
    std::map<std::string, std::string> programs;  // of other scanners
};

// Per cent that --check asks for.
constexpr std::pair<std::string_view, double> k_least_recall[] = {
    {"as it is", 99.5}, {"encoded", 99.5}, {"in parts", 95.0}};
constexpr double k_least_harmless = 98.0;  // kept whole

struct Line {
    Score ours;
    std::map<std::string, std::size_t> found;  // by others, in how many of the texts
};

struct Result {
    std::map<std::string, Line> groups, formats;
    std::map<std::pair<std::string, std::string>, Line> carriers;  // group, name
};

std::optional<Options> options_of(int count, char** words) {
    Options options;
    const auto is_scanner = [](std::string_view name) {
        for (const OtherScanner& scanner : other_scanners())
            if (scanner.name == name) return true;
        return false;
    };
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--json") {
            options.json = true;
            continue;
        }
        if (word == "--check") {
            options.check = true;
            continue;
        }
        if (!word.starts_with("--") || i + 1 == count) return std::nullopt;
        const std::string name = word.substr(2);
        const std::string value = words[++i];
        if (name == "seed")
            options.plan.seed = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "every")
            options.plan.every = std::max<std::size_t>(1, std::strtoull(value.c_str(), nullptr, 10));
        else if (name == "folder")
            options.folder = value;
        else if (is_scanner(name))
            options.programs[name] = value;
        else
            return std::nullopt;
    }
    if (!options.programs.empty() && options.folder.empty()) return std::nullopt;
    return options;
}

Result result_of(const Options& options, const Planned& planned) {
    std::map<std::string, std::set<std::string>> reported;
    if (!options.programs.empty()) {
        const std::filesystem::path folder = std::filesystem::path(options.folder) / "cases";
        write_cases(planned.cases, folder);
        for (const OtherScanner& scanner : other_scanners())
            if (const auto program = options.programs.find(std::string(scanner.name));
                program != options.programs.end())
                reported[program->first] = reported_files(scanner, program->second, folder);
    }
    Result result;
    for (const Case& one : planned.cases) {
        const Score score = measured(one);
        Line* const lines[] = {&result.groups[one.group], &result.carriers[{one.group, one.carrier}],
                               one.format.empty() ? nullptr : &result.formats[one.format]};
        for (Line* const line : lines) {
            if (line == nullptr) continue;
            line->ours.add(score);
            for (const auto& [name, files] : reported)
                line->found[name] += files.count(one.name);
        }
    }
    return result;
}

// Of harmless texts: per cent without a finding.
double kept_whole(const Line& line) {
    return 100.0 - line.ours.recall();
}

void print_line(const std::string& name, const Line& line, bool harmless) {
    std::string row = fmt::format("{:44} {:6} ", name, line.ours.texts);
    row += harmless ? fmt::format("{:6.1f}", kept_whole(line))
                    : fmt::format("{:6.1f} {:6.1f} {:6.1f} {:6.1f}", line.ours.recall(), line.ours.removed(),
                                  line.ours.coverage(), line.ours.precision());
    for (const auto& [other, found] : line.found) {
        const double share = 100.0 * static_cast<double>(found) / static_cast<double>(line.ours.texts);
        row += fmt::format("  {} {:.1f}", other, harmless ? 100.0 - share : share);
    }
    std::puts(row.c_str());
}

void print_text(const Options& options, const Planned& planned, const Result& result) {
    fmt::print("seed {}, scanner {}, {} formats in {} carriers, {} texts\n", options.plan.seed,
               security::k_scanner_version, planned.formats, planned.carriers, planned.cases.size());
    for (const std::string& rule : planned.without)
        fmt::print("no value could be made of {}\n", rule);
    fmt::print("\n{:44} {:>6} {:>6} {:>6} {:>6} {:>6}\n", "", "texts", "found", "gone", "cover", "right");
    for (const auto& [name, line] : result.groups)
        print_line(name, line, name == "harmless");
    std::puts("");
    for (const auto& [name, line] : result.carriers)
        print_line(name.first + ": " + name.second, line, name.first == "harmless");
    std::puts("");
    for (const auto& [name, line] : result.formats)
        print_line(name, line, false);
}

json::Object object_of(const Line& line, bool harmless) {
    json::Object object;
    object.append("texts", static_cast<std::uint64_t>(line.ours.texts));
    if (harmless) {
        object.append("kept_whole", kept_whole(line));
    } else {
        object.append("recall", line.ours.recall());
        object.append("removed", line.ours.removed());
        object.append("coverage", line.ours.coverage());
        object.append("precision", line.ours.precision());
    }
    json::Object others;
    for (const auto& [name, found] : line.found)
        others.append(name, static_cast<std::uint64_t>(found));
    object.append("reported_by_others", std::move(others));
    return object;
}

void print_json(const Options& options, const Planned& planned, const Result& result) {
    json::Object groups, carriers, formats;
    for (const auto& [name, line] : result.groups)
        groups.append(name, object_of(line, name == "harmless"));
    for (const auto& [name, line] : result.carriers)
        carriers.append(name.first + ": " + name.second, object_of(line, name.first == "harmless"));
    for (const auto& [name, line] : result.formats)
        formats.append(name, object_of(line, false));
    json::Object all;
    all.append("seed", options.plan.seed);
    all.append("scanner", std::string(security::k_scanner_version));
    all.append("rule_set", security::rule_set_digest());
    all.append("formats_planted", static_cast<std::uint64_t>(planned.formats));
    all.append("carriers_planted", static_cast<std::uint64_t>(planned.carriers));
    all.append("groups", std::move(groups));
    all.append("carriers", std::move(carriers));
    all.append("formats", std::move(formats));
    std::puts(json::to_compact(json::Value(std::move(all))).c_str());
}

bool holds(const Result& result) {
    bool good = true;
    for (const auto& [group, least] : k_least_recall) {
        const auto line = result.groups.find(std::string(group));
        if (line != result.groups.end() && line->second.ours.removed() >= least) continue;
        fmt::print(stderr, "{}: less than {} % are gone\n", group, least);
        good = false;
    }
    const auto harmless = result.groups.find("harmless");
    if (harmless == result.groups.end() || kept_whole(harmless->second) < k_least_harmless) {
        fmt::print(stderr, "harmless: less than {} % are kept whole\n", k_least_harmless);
        good = false;
    }
    return good;
}

}  // namespace

int main(int count, char** words) {
    const auto options = options_of(count, words);
    if (!options) {
        std::fputs(
            "usage: security_benchmark [--seed N] [--every N] [--json] [--check] [--folder DIR] "
            "[--gitleaks|--betterleaks|--kingfisher|--detect-secrets|--credsweeper PATH]...\n",
            stderr);
        return 2;
    }
    const Planned plan = planned(options->plan);
    const Result result = result_of(*options, plan);
    (options->json ? print_json : print_text)(*options, plan, result);
    return options->check && !holds(result) ? 1 : 0;
}
