// What is left in one serialised line: its strings are found and decoded in place, without a document.
#include <vector>

#include "opentraces/core/text.hpp"
#include "security/field_names.hpp"
#include "security/finding.hpp"
#include "security/json_text.hpp"
#include "security/views.hpp"

namespace opentraces::security {

namespace {

constexpr std::size_t k_max_key = 100;  // code points of a key that field paths keep

struct Frame {
    std::uint64_t serial = 0;
    bool object = false;
    std::string key;  // of the member being read; for an array, the key it belongs to
};

class LineScan {
public:
    LineScan(std::string_view line, const ScrubOptions& options, JsonReading reading)
        : m_line(line), m_options(options), m_record(reading == JsonReading::Record) {
        m_frames.push_back({});
    }

    std::vector<Finding> run() {
        for (std::size_t at = 0; at < m_line.size();) {
            switch (m_line[at]) {
                case '{':
                case '[':
                    open(m_line[at] == '{');
                    break;
                case '}':
                case ']':
                    close();
                    break;
                case ',':
                    m_expect_key = m_frames.back().object;
                    break;
                case '"':
                    at = read_string(at + 1);
                    break;
                default:
                    break;
            }
            ++at;
        }
        return std::move(m_findings);
    }

private:
    void open(bool object) {
        Frame frame{++m_serial, object, object ? std::string() : m_frames.back().key};
        m_frames.push_back(std::move(frame));
        m_expect_key = object;
    }

    void close() {
        if (m_frames.size() > 1) m_frames.pop_back();
        m_expect_key = false;
    }

    // `begin` is behind the opening quote; answers the position of the closing one.
    std::size_t read_string(std::size_t begin) {
        std::size_t end = begin;
        bool escaped = false;
        for (;;) {
            end = m_line.find('"', end);
            if (end == std::string_view::npos) end = m_line.size();
            std::size_t slashes = 0;
            while (end - slashes > begin && m_line[end - 1 - slashes] == '\\')
                ++slashes;
            escaped = escaped || slashes > 0;
            if (slashes % 2 == 0 || end == m_line.size()) break;
            ++end;
        }
        const std::string_view raw = m_line.substr(begin, end - begin);
        if (escaped || raw.find('\\') != std::string_view::npos) {
            if (const auto view = unescape_json(raw)) {
                visit(view->text(), begin, &*view);
                return end;
            }
        }
        visit(raw, begin, nullptr);
        return end;
    }

    void visit(std::string_view text, std::size_t offset, const View* view) {
        ScanContext context;
        context.custom = &m_options.custom_strings;
        if (m_expect_key) {
            m_expect_key = false;
            m_frames.back().key = last_name(first_code_points(text, k_max_key));
            if (m_record) context.depth = Depth::CriticalOnly;
        } else {
            const std::string& key = m_frames.back().key;
            if (m_record && is_schema_name(key)) context.depth = Depth::CriticalOnly;
            if (m_record && is_fixed_id(key)) context.custom = nullptr;
            context.name = m_names.name_for(owner(), key, text);
        }
        const std::vector<Hit> hits = scan(text, context);
        if (hits.empty()) return;
        for (Finding finding : findings_of(text, hits)) {
            const std::size_t first = finding.offset;
            const std::size_t last = finding.offset + finding.length;
            finding.offset = offset + (view != nullptr ? view->source_begin(first) : first);
            finding.length = offset + (view != nullptr ? view->source_end(last) : last) - finding.offset;
            finding.line = 0;
            m_findings.push_back(std::move(finding));
        }
    }

    // The innermost object: array elements are told apart by the array's own serial.
    std::uint64_t owner() const { return m_frames.back().serial; }

    std::string_view m_line;
    const ScrubOptions& m_options;
    bool m_record;
    std::vector<Frame> m_frames;
    std::vector<Finding> m_findings;
    FieldNames m_names;
    std::uint64_t m_serial = 0;
    bool m_expect_key = false;
};

}  // namespace

std::vector<Finding> json_findings(std::string_view text, const ScrubOptions& options, JsonReading reading) {
    return LineScan(text, options, reading).run();
}

std::vector<Finding> residual_findings(std::string_view line, const ScrubOptions& options) {
    const std::string_view trimmed = trim(line);
    const bool structured = !trimmed.empty() && (trimmed.front() == '{' || trimmed.front() == '[');
    return structured ? json_findings(line, options, JsonReading::Record) : scan_text(line, options);
}

}  // namespace opentraces::security
