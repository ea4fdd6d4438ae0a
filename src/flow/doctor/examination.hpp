// What the doctor's checks look at, and where they say what they have found.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "opentraces/flow/doctor.hpp"

namespace opentraces::flow::doctor {

struct Examination {
    Ports& ports;
    const std::string& root;                     // empty: no project
    std::optional<store::ProjectConfig> config;  // what its own file says, if it can be read
    const DoctorOptions& options;
    Progress& progress;
    std::string_view area;  // of the check that runs
    std::vector<HealthLine> lines;

    void ok(std::string words) { lines.push_back({area, Health::Ok, std::move(words), {}}); }
    void warn(std::string words, std::string fix) {
        lines.push_back({area, Health::Warn, std::move(words), std::move(fix)});
    }
    void fail(std::string words, std::string fix) {
        lines.push_back({area, Health::Fail, std::move(words), std::move(fix)});
    }
    void repaired(std::string words) { lines.push_back({area, Health::Ok, std::move(words), {}, true}); }
};

// Each looks at one area; an Error that it throws becomes a line of that area.
void check_program(Examination& examination);
void check_settings(Examination& examination);
void check_projects(Examination& examination);
void check_hooks(Examination& examination);
void check_store(Examination& examination);
void check_sessions(Examination& examination);
void check_token(Examination& examination);
void check_remotes(Examination& examination);
void check_clock(Examination& examination);
void check_disk(Examination& examination);

}  // namespace opentraces::flow::doctor
