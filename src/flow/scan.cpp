#include "opentraces/flow/scan.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/security/stream.hpp"

namespace opentraces::flow {

namespace {

constexpr std::size_t k_read_size = std::size_t{256} << 10;
constexpr std::size_t k_window = std::size_t{1} << 20;
constexpr std::size_t k_max_window = std::size_t{8}
                                     << 20;  // a window grows up to here to see the end of a key block
constexpr std::size_t k_context = std::size_t{4} << 10;
constexpr std::size_t k_max_json = std::size_t{16} << 20;  // longer documents are read as text

class Scanner {
public:
    Scanner(json::ByteSource in, const std::string& name, const security::ScrubOptions& options,
            json::Sink* out, const OnFinding& on_finding)
        : m_in(std::move(in)), m_name(name), m_options(options), m_out(out), m_on_finding(on_finding) {
        if (name != "-") m_options.scope.path = name;
    }

    ScanSummary run() {
        fill(k_read_size);
        if (looks_like_json()) {
            while (json_line()) {
            }
        }
        text_windows();
        return m_summary;
    }

private:
    std::string_view rest() const { return std::string_view(m_buffer).substr(m_begin); }

    // Reads until rest() holds `size` bytes or the stream ends.
    void fill(std::size_t size) {
        if (m_begin >= k_window || m_begin == m_buffer.size()) {
            m_buffer.erase(0, m_begin);
            m_begin = 0;
        }
        while (!m_at_end && m_buffer.size() - m_begin < size) {
            const std::size_t old = m_buffer.size();
            m_buffer.resize(old + k_read_size);
            const std::size_t got = m_in(m_buffer.data() + old, k_read_size);
            m_buffer.resize(old + got);
            m_summary.bytes += got;
            m_at_end = got == 0;
        }
    }

    bool looks_like_json() const {
        const std::size_t first = rest().find_first_not_of(" \t\r\n");
        return first != std::string_view::npos && (rest()[first] == '{' || rest()[first] == '[');
    }

    std::size_t line_end() {
        std::size_t searched = 0;
        for (;;) {
            const std::size_t end = rest().find('\n', searched);
            if (end != std::string_view::npos) return end + 1;
            searched = rest().size();
            if (m_at_end || searched > k_max_json) return searched;
            fill(searched + k_read_size);
        }
    }

    // Handles one line, or the whole rest if that is one document; false: go on as text.
    bool json_line() {
        if (rest().size() < k_read_size / 2) fill(k_read_size);
        if (rest().empty()) return false;
        const std::size_t end = line_end();
        if (end > k_max_json) return false;
        const std::string_view line = rest().substr(0, end);
        if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) {
            take(security::RedactedText{std::string(line), {}}, end);
            return true;
        }
        if (security::is_json(line)) {
            m_summary.json = true;
            take(security::redact_json(line, m_options), end);
            return true;
        }
        if (m_summary.json) {
            // A line that is not JSON between lines that are.
            take(security::redact_text(line, m_options), end);
            return true;
        }
        fill(k_max_json);
        if (!m_at_end || !security::is_json(rest())) return false;
        m_summary.json = true;
        take(security::redact_json(rest(), m_options), rest().size());
        return true;
    }

    void take(security::RedactedText redacted, std::size_t size) {
        report(redacted.findings, 0, m_summary.json);
        if (m_out != nullptr) m_out->write(redacted.text);
        m_line += newlines(0, size);
        drop(size);
    }

    void text_windows() {
        std::size_t context = 0;
        std::size_t wanted = k_window;
        for (;;) {
            fill(context + wanted);
            if (rest().size() == context && m_at_end) return;
            const bool last = m_at_end;
            auto window = security::redact_window(rest(), context, last, m_options);
            if (window.consumed == context && !last) {
                if (wanted < k_max_window) {
                    wanted *= 2;
                    continue;
                }
                // Nothing but one match for megabytes: its beginning goes now, its rest is matched again.
                window = security::redact_window(rest(), context, true, m_options);
            }
            wanted = k_window;
            report(window.findings, context, false);
            if (m_out != nullptr) m_out->write(window.text);
            const std::size_t kept = std::min(window.consumed, k_context);
            const std::size_t gone = window.consumed - kept;
            m_line += newlines(context, window.consumed);
            drop(gone);
            context = kept;
        }
    }

    // Findings in the buffer; the lines before `counted` have been counted.
    void report(const std::vector<security::Finding>& findings, std::size_t counted, bool json) {
        std::uint64_t line = m_line;
        std::size_t at = counted;
        for (security::Finding finding : findings) {
            line += newlines(at, finding.offset);
            at = std::max<std::size_t>(at, finding.offset);
            const FindingContext around{rest().substr(0, finding.offset),
                                        rest().substr(finding.offset, finding.length),
                                        rest().substr(finding.offset + finding.length), json};
            finding.field = m_name;
            finding.line = line;
            finding.offset += m_offset;
            finding.redacted = m_out != nullptr;
            ++m_summary.findings;
            if (m_on_finding) m_on_finding(finding, around);
        }
    }

    std::uint64_t newlines(std::size_t from, std::size_t to) const {
        if (to <= from) return 0;
        const std::string_view part = rest().substr(from, to - from);
        return static_cast<std::uint64_t>(std::count(part.begin(), part.end(), '\n'));
    }

    void drop(std::size_t size) {
        m_begin += size;
        m_offset += size;
    }

    json::ByteSource m_in;
    const std::string& m_name;
    security::ScrubOptions m_options;
    json::Sink* m_out;
    const OnFinding& m_on_finding;
    std::string m_buffer;
    std::size_t m_begin = 0;
    ScanSummary m_summary;
    std::uint64_t m_offset = 0;
    std::uint64_t m_line = 1;
    bool m_at_end = false;
};

}  // namespace

ScanSummary scan_stream(json::ByteSource in, const std::string& name, const security::ScrubOptions& options,
                        json::Sink* redacted_out, const OnFinding& on_finding) {
    return Scanner(std::move(in), name, options, redacted_out, on_finding).run();
}

}  // namespace opentraces::flow
