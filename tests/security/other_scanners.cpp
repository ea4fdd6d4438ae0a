#include "security/other_scanners.hpp"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace opentraces::testing {
namespace {

void replace(std::string& text, std::string_view what, const std::string& with) {
    const std::size_t at = text.find(what);
    if (at != std::string::npos) text.replace(at, what.size(), with);
}

std::string in_quotes(const std::string& word) {
    std::string out = "'";
    for (const char c : word)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

const std::vector<OtherScanner>& other_scanners() {
    static const std::vector<OtherScanner> scanners = {
        {"gitleaks",
         "{P} dir {D} --no-banner --exit-code 0 --report-format json --report-path {O} > /dev/null"},
        {"betterleaks",
         "{P} dir {D} --no-banner --exit-code 0 --report-format json --report-path {O} > /dev/null"},
        {"kingfisher",
         "{P} scan {D} --no-validate --no-update-check --no-dedup --format json --output {O} > /dev/null"},
        {"detect-secrets", "{P} -C {D} scan --all-files --no-verify > {O}"},
        {"credsweeper", "{P} --path {D} --save-json {O} > /dev/null"},
    };
    return scanners;
}

void write_cases(const std::vector<Case>& cases, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const Case& one : cases)
        std::ofstream(folder / one.name, std::ios::binary) << one.carried.text;
}

std::set<std::string> reported_files(const OtherScanner& scanner, const std::string& program,
                                     const std::filesystem::path& folder) {
    const std::string report =
        (folder.parent_path() / ("report-of-" + std::string(scanner.name) + ".json")).string();
    std::string command(scanner.command);
    replace(command, "{P}", in_quotes(program));
    replace(command, "{D}", in_quotes(folder.string()));
    replace(command, "{O}", in_quotes(report));
    const int status = std::system((command + " 2> /dev/null").c_str());
    std::ifstream in(report, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    // Reports differ; the names of files with findings are in all of them.
    std::set<std::string> names;
    for (std::size_t at = text.find("case-"); at != std::string::npos; at = text.find("case-", at + 1)) {
        const std::string name = text.substr(at, std::string_view("case-000000.txt").size());
        if (name.ends_with(".txt")) names.insert(name);
    }
    if (names.empty())
        std::fprintf(stderr, "%s reports nothing (status %d)\n", std::string(scanner.name).c_str(), status);
    return names;
}

}  // namespace opentraces::testing
