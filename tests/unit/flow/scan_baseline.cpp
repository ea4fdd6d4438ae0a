// Findings that are known.
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/flow/baseline.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using flow::Baseline;
using Answer = flow::Baseline::Answer;

namespace {

const TimePoint k_now = *parse_iso8601("2026-06-15T12:00:00Z");
const std::string k_key(64, 'a');

struct Place {
    TemporaryDirectory directory;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    std::string path = directory.file("baseline.json");
    std::string source = directory.file("src/a.c");

    std::string text() const { return disk->read_all(path); }
    Error refusal(const std::string& text, const std::string& key = k_key) const {
        std::ofstream(path) << text;
        return error_from([&] { Baseline::load(path, key, *disk); });
    }
};

}  // namespace

TEST_CASE("baseline: what was added is known at its place, and quoted nowhere") {
    const Place place;
    Baseline made(place.path, k_key);
    CHECK(made.add(place.source, "hunter2hunter2", "password", "", k_now));
    CHECK_FALSE(made.add(place.source, "hunter2hunter2", "password", "", k_now));
    made.save(*place.disk);
    CHECK(place.text().find("hunter2") == std::string::npos);
    CHECK(place.text().find("\"path\": \"src/a.c\"") != std::string::npos);
    Baseline read = Baseline::load(place.path, k_key, *place.disk);
    CHECK(read.ask(place.source, "hunter2hunter2", k_now) == Answer::Known);
    CHECK(read.ask(place.source, "hunter3hunter3", k_now) == Answer::New);
    CHECK(read.ask(place.directory.file("src/b.c"), "hunter2hunter2", k_now) == Answer::New);
}

TEST_CASE("baseline: its last day is the last on which it counts") {
    const Place place;
    Baseline baseline(place.path, k_key);
    baseline.add(place.source, "secret", "password", "2026-06-15", k_now);
    CHECK(baseline.ask(place.source, "secret", k_now) == Answer::Known);
    const TimePoint tomorrow = k_now + std::chrono::days(1);
    CHECK(baseline.ask(place.source, "secret", tomorrow) == Answer::Expired);
    CHECK(baseline.add(place.source, "secret", "password", "2026-12-31", tomorrow));
    CHECK(baseline.ask(place.source, "secret", tomorrow) == Answer::Known);
}

TEST_CASE("baseline: an update keeps what people wrote, and forgets what is gone where it was looked for") {
    const Place place;
    Baseline made(place.path, k_key);
    made.add(place.source, "stays", "password", "", k_now);
    made.add(place.source, "goes", "password", "", k_now);
    made.add(place.directory.file("other"), "elsewhere", "password", "", k_now);
    made.save(*place.disk);
    std::string text = place.text();
    for (std::size_t at = 0; (at = text.find("\"reason\": null", at)) != std::string::npos; ++at)
        text.replace(at, 14, "\"reason\": \"said\"");
    std::ofstream(place.path) << text;
    Baseline again = Baseline::load(place.path, k_key, *place.disk);
    again.add(place.source, "stays", "password", "", k_now);
    CHECK(again.forget_unseen(place.source) == 1);
    REQUIRE(again.entries().size() == 2);
    for (const auto& [where, entry] : again.entries())
        CHECK(entry.reason == "said");
}

TEST_CASE("baseline: under another key nothing can be compared, and it says so") {
    const Place place;
    Baseline(place.path, k_key).save(*place.disk);
    const Error error = error_from([&] { Baseline::load(place.path, std::string(64, 'b'), *place.disk); });
    CHECK(error.code() == ErrorCode::ConfigInvalid);
    CHECK(error.hint().find("key import") != std::string::npos);
}

TEST_CASE("baseline: what is none is refused with what is wrong, never with what it says") {
    const Place place;
    CHECK(error_from([&] { Baseline::load(place.path, k_key, *place.disk); }).code() == ErrorCode::NotFound);
    Baseline(place.path, k_key).save(*place.disk);
    const std::string good = place.text();
    const auto with = [&](const std::string& finding) {
        std::string text = good;
        return text.replace(text.find("[]"), 2, "[" + finding + "]");
    };
    const std::string print = R"("fingerprint":"00112233445566778899aabbccddeeff")";
    for (const std::string& text :
         {std::string("quoted{"), std::string("{}"), std::string(R"({"version":2})"), with("1"),
          with(R"({"fingerprint":"quoted"})"), with("{" + print + R"(,"expires":"quoted"})"),
          with("{" + print + R"(,"expires":"2026-02-30"})"), with("{" + print + R"(,"reason":7})")}) {
        INFO(text);
        const Error error = place.refusal(text);
        const bool refused =
            error.code() == ErrorCode::SettingsUnreadable || error.code() == ErrorCode::ConfigInvalid;
        CHECK(refused);
        CHECK(error.message().find("quoted") == std::string::npos);
    }
    std::ofstream(place.path) << with("{" + print + R"(,"path":"a","expires":"2026-12-31"})");
    CHECK(Baseline::load(place.path, k_key, *place.disk).entries().size() == 1);
}
