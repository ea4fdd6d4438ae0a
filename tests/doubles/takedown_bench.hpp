// Two homes, and a dataset in a folder or on a Hub from which traces are taken back.
#pragma once

#include "doubles/either_bench.hpp"
#include "doubles/error_from.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/import.hpp"
#include "opentraces/flow/pull.hpp"
#include "opentraces/flow/rescan.hpp"
#include "opentraces/flow/takedown.hpp"
#include "opentraces/flow/verify.hpp"

namespace opentraces::testing {

// A name that nobody took for a secret when it was published.
inline const std::string k_codename = "Nightingale";

struct TakedownBench : EitherBench {
    using Kind = shard::Withdrawal::Kind;

    explicit TakedownBench(bool on_hub) : EitherBench(on_hub) { log_in(second, "hf_alice"); }

    flow::PushResult push(Project& who, bool replace = false) {
        flow::PushOptions options;
        options.remote = remote();
        options.replace = replace;
        flow::PushResult result = who.push(options);
        who.clock.sleep(std::chrono::seconds(1));
        return result;
    }
    flow::TakedownOptions options(const std::vector<std::string>& ids, Kind kind) const {
        flow::TakedownOptions options;
        options.remote = remote();
        for (const std::string& id : ids)
            options.targets.push_back({id, {}, kind, false});
        options.scan.custom_strings = {k_codename};
        return options;
    }
    flow::TakedownReport take_down(const flow::TakedownOptions& options) {
        flow::Ports ports = project.ports();
        return flow::take_down(ports, *project.store, project.folder.path(), options, project.progress);
    }
    flow::TakedownReport remove(const std::vector<std::string>& ids) {
        return take_down(options(ids, Kind::Removed));
    }
    flow::TakedownReport redact(const std::vector<std::string>& ids) {
        return take_down(options(ids, Kind::Redacted));
    }

    std::set<std::string> problems() {
        flow::Ports ports = project.ports();
        flow::VerifyOptions options;
        options.remote = remote();
        std::set<std::string> kinds;
        for (const Diagnostic& problem :
             flow::verify_dataset(ports, *project.store, project.folder.path(), options, project.progress)
                 .problems)
            kinds.insert(problem.rule + ": " + problem.source + " " + problem.words);
        return kinds;
    }
    std::vector<std::string> files(const std::string& folder) {
        flow::Ports ports = project.ports();
        const auto opened = dataset::open(ports, remote(), dataset::Access::Read, project.progress);
        std::vector<std::string> paths;
        for (const hub::RemoteFile& file : opened->list(opened->info().head, folder))
            paths.push_back(file.path);
        std::sort(paths.begin(), paths.end());
        return paths;
    }
    // Everything in data/, shard after shard.
    std::string lines() {
        std::string text;
        for (const std::string& path : files("data"))
            text += read(path);
        return text;
    }
    std::string head() {
        flow::Ports ports = project.ports();
        return dataset::open(ports, remote(), dataset::Access::Read, project.progress)->info().head;
    }
    shard::Withdrawals withdrawn() const {
        return shard::Withdrawals::read(read(std::string(shard::k_withdrawn_path)));
    }

    Project second{*transport, 8};
};

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace opentraces::testing
