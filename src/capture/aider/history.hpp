// The chat history of Aider: one file for all sessions of a project, each begun by a line
// "# aider chat started at <local time>" (aider/io.py). A session is named by that time; of several that
// began in one second the later ones also by their number: "<path>#2026-06-09 14:01:00", "…#2026-06-09
// 14:01:00~2".
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/sources.hpp"

namespace opentraces::capture::aider {

// The time of a line that begins a session; empty for every other line.
std::string_view start_in(std::string_view line);

struct Section {
    std::string name;
    std::string digest;  // of its bytes
};
std::vector<Section> sections_of(const std::string& history, Sources& sources);

// Gives the lines of one session, without their ends; false if it is not there.
bool read_section(const std::string& history, std::string_view name, Sources& sources,
                  const std::function<void(std::string_view line)>& take);

// A history with this session alone, under the same name. Error CorruptSession if it is not there.
std::string history_of_section(const std::string& history, std::string_view name, fs::Disk& disk);

}  // namespace opentraces::capture::aider
