#include "opentraces/flow/doctor.hpp"

#include <array>
#include <filesystem>
#include <system_error>

#include "flow/doctor/examination.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::flow {
namespace {

using doctor::Examination;

struct Check {
    std::string_view area;
    void (*run)(Examination& examination);
    bool of_project = false;  // left out without one
};

constexpr std::array<Check, 10> k_checks{{{"program", doctor::check_program},
                                          {"settings", doctor::check_settings},
                                          {"projects", doctor::check_projects},
                                          {"hooks", doctor::check_hooks},
                                          {"store", doctor::check_store, true},
                                          {"sessions", doctor::check_sessions, true},
                                          {"token", doctor::check_token},
                                          {"remotes", doctor::check_remotes, true},
                                          {"clock", doctor::check_clock},
                                          {"disk", doctor::check_disk}}};

}  // namespace

std::string_view name_of(Health health) {
    switch (health) {
        case Health::Ok:
            return "ok";
        case Health::Warn:
            return "warn";
        case Health::Fail:
            break;
    }
    return "fail";
}

std::optional<std::uint64_t> free_bytes_at(const std::string& path) {
    std::error_code problem;
    const std::filesystem::space_info space = std::filesystem::space(path, problem);
    if (problem) return std::nullopt;
    return space.available;
}

std::vector<HealthLine> examine(Ports& ports, const std::string& root, const DoctorOptions& options,
                                Progress& progress) {
    Examination examination{ports, root, {}, options, progress, {}, {}};
    for (const Check& check : k_checks) {
        if (check.of_project && root.empty()) continue;
        examination.area = check.area;
        try {
            check.run(examination);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            examination.fail(error.message(), error.hint());
        }
    }
    return std::move(examination.lines);
}

}  // namespace opentraces::flow
