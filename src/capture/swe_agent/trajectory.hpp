// The two forms of trajectories of the SWE-agent project.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture::swe_agent {

// `file` names the instance that the run was about. Both fill record, report and evidence; false if there is
// no conversation.

// SWE-agent, *.traj: {trajectory[], history[], info{}, replay_config?}.
bool tell_run(const json::Value& run, const std::string& file, std::string_view reader_version,
              ParsedSession& parsed);

// mini-swe-agent, *.traj.json: {messages[], info{}, trajectory_format}.
bool tell_mini_run(const json::Value& run, const std::string& file, std::string_view reader_version,
                   ParsedSession& parsed);

// Runs have no id: the start of the digest of their settings and of what was said first, which stays as they
// go on and however the file is called.
std::string id_of(const json::Value& settings, const json::Value& first_said);

}  // namespace opentraces::capture::swe_agent
