// The files that a session began with, as far as its log shows them, and whether a patch applies to them.
// Shares nothing with the product.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace opentraces::patches {

using nlohmann::json;
using Lines = std::vector<std::string>;

// With its end, the last one maybe without.
Lines lines_of(const std::string& text);
std::string text_at(const json& object, const char* key);
bool has_text(const json& object, const char* key);

// A file that was there before the session: its lines by number, from 1, as far as they are shown.
using Original = std::map<long, std::string>;

struct Session {
    std::map<std::string, Original> originals;     // by path, as the log has it
    std::set<std::string> edited;                  // files that a tool has changed
    std::set<std::pair<std::string, long>> lines;  // of the files now, which the session wrote
};

// The path in the project; empty for one outside of it.
std::string inside(const std::string& path, const std::string& project);

// Lines that nobody has shown are filled with words that are in no file.
void write_tree(const Session& session, const std::string& project, const std::filesystem::path& folder);

bool applies(const std::string& patch, const std::filesystem::path& folder);

}  // namespace opentraces::patches
