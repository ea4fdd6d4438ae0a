// The program `git` at work in a folder, and what it prints.
#pragma once

#include <string>
#include <vector>

namespace opentraces::flow {

// Without hooks, monitors, pagers, signatures, transports, replacements, settings of the user or the system,
// or anything else that a repository's settings name: what a repository says is never run.
class GitProcess {
public:
    // Starts it; where that is impossible it ends without a word, and not well.
    GitProcess(const std::string& folder, const std::vector<std::string>& question);
    // One that has not ended is ended.
    ~GitProcess();
    GitProcess(const GitProcess&) = delete;
    GitProcess& operator=(const GitProcess&) = delete;

    // The reading end of its standard output.
    int output() const { return m_output; }
    // To be called when its output has ended; true if it ended with status 0.
    bool ended_well();
    // Ends it, whatever it is doing.
    void stop();

private:
    int m_output = -1;
    int m_child = -1;
};

// What it prints; empty when it fails, takes longer than ten seconds or says more than 8 MiB.
std::string git_answer(const std::string& folder, const std::vector<std::string>& question);

}  // namespace opentraces::flow
