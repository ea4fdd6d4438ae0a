// Runs an exporter and keeps what it wrote.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "formats_fixture.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::testing {

class Collected final : public formats::Documents {
public:
    json::Sink& begin(std::string_view stem) override {
        REQUIRE_FALSE(m_open);
        m_open = true;
        m_sink.text().clear();
        all.emplace_back(stem, std::string());
        return m_sink;
    }
    void end() override {
        REQUIRE(m_open);
        m_open = false;
        all.back().second = m_sink.text();
    }
    std::vector<std::pair<std::string, std::string>> all;  // stem and text

private:
    json::StringSink m_sink;
    bool m_open = false;
};

struct Exported {
    formats::Converted converted;
    std::vector<std::pair<std::string, std::string>> documents;

    std::string text() const {
        std::string text;
        for (const auto& [stem, document] : documents)
            text += document;
        return text;
    }
    // The n-th line of everything that was written.
    json::Value line(std::size_t n = 0) const {
        const std::string all = text();
        std::size_t at = 0;
        for (; n > 0; --n)
            at = all.find('\n', at) + 1;
        return parsed(all.substr(at, all.find('\n', at) - at));
    }
    std::string remarks() const {
        std::string text;
        for (const Diagnostic& remark : converted.remarks)
            text += remark.field + " " + std::to_string(remark.count) + ": " + remark.words + "\n";
        return text;
    }
};

inline Exported exported(std::string_view format, const trace::TraceRecord& record,
                         formats::ExportOptions options = {}) {
    Collected documents;
    options.program_version = "0.0.0";
    Exported result;
    result.converted = formats::format_named(format).open(options)->write(record, documents);
    result.documents = std::move(documents.all);
    return result;
}

// Equal values, whatever the order of keys; else a message with both.
inline void check_equal_json(const json::Value& actual, const json::Value& expected) {
    std::string left;
    std::string right;
    json::append_canonical(left, actual);
    json::append_canonical(right, expected);
    CHECK(left == right);
}

}  // namespace opentraces::testing
