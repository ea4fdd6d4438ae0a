// Runs commands inside the test: real files in a folder of their own, a clock that stands still, seeded ids,
// a Hub that only knows who somebody is, and a terminal made of strings.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "answer_schema.hpp"
#include "catch.hpp"
#include "doubles/buffer_terminal.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/cli/run.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"

namespace opentraces::testing {

// Answers whoami; nothing else can be reached.
class WhoamiTransport final : public net::Transport {
public:
    net::Response send(const net::Request& request) override {
        if (!request.url.ends_with("/api/whoami-v2"))
            throw net::TransportError(net::TransportFailure::Connect, "no network in this test", false);
        net::Response response;
        response.status = 200;
        response.url = request.url;
        response.body =
            R"({"type":"user","name":"ada","orgs":[{"name":"engines"}],)"
            R"("auth":{"type":"access_token","accessToken":{"displayName":"cli","role":"write"}}})";
        return response;
    }
};

class CommandBench {
public:
    struct Result {
        int exit = -1;
        std::string out;
        std::string err;
        json::Value json() const { return json::parse(out); }
    };

    CommandBench() {
        for (const std::string& folder : {project(), home()})
            std::filesystem::create_directories(folder);
        m_environment.variables = {{"HOME", home()}};
        m_environment.working_directory = project();
        m_environment.executable = "/usr/bin/opentraces";
        m_environment.user_name = "tester";
    }

    std::string project() const { return m_folder.file("project"); }
    std::string home() const { return m_folder.file("home"); }
    Environment& environment() { return m_environment; }

    Result run(const std::vector<std::string>& arguments, const std::string& input = {}) {
        BufferTerminal terminal(input);
        return run_at(terminal, arguments);
    }
    Result run_at(BufferTerminal& terminal, const std::vector<std::string>& arguments) {
        flow::Ports ports{*m_disk, m_clock, m_ids, m_transport, m_environment};
        Result result;
        result.exit = cli::run(arguments, ports, terminal);
        result.out = terminal.output;
        result.err = terminal.errors;
        CHECK(answer_problem(arguments, result.out, result.err) == "");
        return result;
    }

    void write(const std::string& name, const std::string& text) const {
        const std::filesystem::path path = std::filesystem::path(project()) / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }

    // The same text in every folder and on every machine.
    std::string without_places(std::string text) const {
        replace_all(text, m_folder.path(), "/bench");
        replace_all(text, source_folder(), "/source");
        return text;
    }

private:
    static void replace_all(std::string& text, const std::string& what, const std::string& with) {
        for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
            text.replace(at, what.size(), with);
    }

    TemporaryDirectory m_folder;
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{*parse_iso8601("2026-03-01T12:00:00Z")};
    SeededIds m_ids{1};
    WhoamiTransport m_transport;
    Environment m_environment;
};

}  // namespace opentraces::testing
