// An export that is stopped, or runs out of space, at every change: each file is whole or not there (or as it
// was before), and the next export gives what a clean one gives.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "crash/killed_child.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/flow/export.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Files = std::map<std::string, std::string>;

Files files_below(const std::string& folder) {
    Files files;
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string path = std::filesystem::relative(entry.path(), folder).string();
        if (!entry.is_regular_file() || path.ends_with(".tmp")) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        files[path] = text.str();
    }
    return files;
}

void export_all(fs::Disk& disk, const std::string& folder, const std::string& format_name, bool one_file) {
    const formats::Format& format = formats::format_named(format_name);
    const auto exporter = format.open({});
    disk.make_directories(folder, 0700);
    const auto output = one_file
                            ? flow::export_to_file(format, std::string(exporter->preamble()), disk,
                                                   folder + "/all" + std::string(format.extension))
                            : flow::export_to_folder(format, std::string(exporter->preamble()), disk, folder);
    flow::Export exported(*exporter, *output);
    for (const std::string session : {"one", "two", "three"}) {
        trace::TraceRecord record = sample_record(session);
        record.trace_id = session;
        exported.line("input", 1, trace::encode(record));
    }
    output->finish();
}

}  // namespace

TEST_CASE("export crash: stopped, or a full disk, at every change") {
    const auto fault =
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    const bool one_file = GENERATE(true, false);
    const bool there_before = GENERATE(false, true);
    const std::string format = one_file ? "chat" : "markdown";
    const auto disk = fs::posix_disk();
    const TemporaryDirectory folder(base_folder());
    export_all(*disk, folder.file("clean"), format, one_file);
    const Files clean = files_below(folder.file("clean"));
    REQUIRE(clean.size() == (one_file ? 1 : 3));
    const std::string work = folder.file("work");
    bool reached = true;
    for (std::size_t n = 0; reached; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault) << ", one file " << one_file);
        std::filesystem::remove_all(work);
        Files old;
        if (there_before) {
            std::filesystem::create_directories(work);
            std::ofstream(work + "/" + clean.begin()->first) << "older";
            old = files_below(work);
        }
        FaultyDisk faulty(*disk);
        faulty.at(n, fault);
        try {
            export_all(faulty, work, format, one_file);
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::DiskFailed);
        } catch (const Stop&) {
        }
        reached = faulty.changes().size() > n;
        for (const auto& [path, text] : files_below(work)) {
            INFO(path);
            const bool as_before = old.count(path) > 0 && old.at(path) == text;
            CHECK((as_before || (clean.count(path) > 0 && clean.at(path) == text)));
        }
        export_all(*disk, work, format, one_file);
        CHECK(files_below(work) == clean);
        export_all(*disk, work, format, one_file);
        CHECK(files_below(work) == clean);
    }
}
