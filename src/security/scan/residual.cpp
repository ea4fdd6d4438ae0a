// What is left in one serialised line: its strings are found and decoded in place, without a document.
#include <algorithm>
#include <utility>
#include <vector>

#include "opentraces/core/text.hpp"
#include "opentraces/json/lexer.hpp"
#include "opentraces/trace/places.hpp"
#include "security/scan/field_names.hpp"
#include "security/scan/finding.hpp"
#include "security/scan/json_text.hpp"
#include "security/scan/views.hpp"

namespace opentraces::security {

namespace {

using json::Token;
using trace::SchemaPlace;

constexpr std::size_t k_max_key = 100;  // code points of a key that field paths keep

// A container that is being read.
struct Frame {
    std::uint64_t serial = 0;  // tells objects apart; items of a list by the list's own
    bool is_object = false;
    SchemaPlace place = SchemaPlace::record();
    SchemaPlace value = SchemaPlace::record();  // of the member or item being read
    std::string key;                            // of the member; for a list, the key it belongs to
};

class LineScan {
public:
    LineScan(std::string_view line, const ScrubOptions& options, JsonReading reading)
        : m_line(line), m_options(options), m_is_record(reading == JsonReading::Record), m_in(line) {
        m_frames.emplace_back();
    }

    std::vector<Finding> run() {
        for (Token token = m_in.next(); token != Token::End; token = m_in.next()) {
            if (token == Token::Bad) {
                scan_rest();
                break;
            }
            read(token);
        }
        if (m_declares) scan_declared();
        return std::move(m_findings);
    }

private:
    void read(Token token) {
        switch (token) {
            case Token::ObjectBegin:
            case Token::ArrayBegin:
                return open(token == Token::ObjectBegin);
            case Token::ObjectEnd:
            case Token::ArrayEnd:
                m_frames.pop_back();
                return;
            case Token::Key:
                return with_text([this](std::string_view text, const View* view) { key(text, view); });
            case Token::String:
                return with_text([this](std::string_view text, const View* view) { value(text, view); });
            default:
                return;
        }
    }

    void open(bool is_object) {
        const Frame& outer = m_frames.back();
        const SchemaPlace place = outer.value;
        m_frames.push_back({++m_serial, is_object, place, is_object ? place : place.item(),
                            is_object ? std::string() : outer.key});
    }

    template <class Visit>
    void with_text(Visit visit) {
        const json::StringToken& token = m_in.string();
        const std::string_view raw = m_line.substr(token.begin, token.end - token.begin);
        const auto view = token.escaped ? unescape_json(raw) : std::nullopt;
        visit(view ? std::string_view(view->text()) : raw, view ? &*view : nullptr);
    }

    void key(std::string_view text, const View* view) {
        m_declares = m_declares || declares_secrets(text);
        Frame& frame = m_frames.back();
        frame.key = last_name(text.size() <= k_max_key ? text : first_code_points(text, k_max_key));
        const bool is_schemas = m_is_record && frame.place.has_key(text);
        frame.value = frame.place.member(text);
        // A key of the schema says nothing about the session.
        if (is_schemas) return;
        find(text, key_context(key_kind(frame), m_options), view);
    }

    void value(std::string_view text, const View* view) {
        m_declares = m_declares || declares_secrets(text);
        const Frame& frame = m_frames.back();
        ScanContext context =
            m_is_record ? value_context(frame.value.kind(), frame.value.is_open(), frame.key, m_options)
                        : key_context(trace::TextKind::FreeForm, m_options);
        context.name = m_names.name_for(frame.serial, frame.key, text);
        find(text, context, view);
    }

    trace::TextKind key_kind(const Frame& frame) const {
        return m_is_record ? frame.place.key_kind() : trace::TextKind::FreeForm;
    }

    void find(std::string_view text, const ScanContext& context, const View* view) {
        const std::vector<Hit> hits = scan(text, context);
        if (hits.empty()) return;
        const std::size_t offset = m_in.string().begin;
        for (Finding finding : findings_of(text, hits)) {
            const std::size_t first = finding.offset;
            const std::size_t last = finding.offset + finding.length;
            finding.offset = offset + (view != nullptr ? view->source_begin(first) : first);
            finding.length = offset + (view != nullptr ? view->source_end(last) : last) - finding.offset;
            finding.line = 0;
            m_findings.push_back(std::move(finding));
        }
    }

    // One member says of another that it is secret, which only the whole document shows. Of records,
    // scrubbing has seen each text alone.
    void scan_declared() {
        if (m_is_record || (m_options.scope.program_rules == false)) return;
        std::vector<Hit> hits;
        match_declared(m_line, hits);
        merge_hits(m_line, hits);
        for (Finding finding : findings_of(m_line, hits)) {
            finding.line = 0;
            m_findings.push_back(std::move(finding));
        }
        std::stable_sort(m_findings.begin(), m_findings.end(),
                         [](const Finding& a, const Finding& b) { return a.offset < b.offset; });
        std::size_t kept = 0;
        for (Finding& finding : m_findings) {
            const bool inside = kept > 0 && finding.offset < end_of(m_findings[kept - 1]);
            if (inside) {
                Finding& last = m_findings[kept - 1];
                last.length = std::max(end_of(last), end_of(finding)) - last.offset;
            } else if (&m_findings[kept++] != &finding) {
                m_findings[kept - 1] = std::move(finding);
            }
        }
        m_findings.erase(m_findings.begin() + static_cast<std::ptrdiff_t>(kept), m_findings.end());
    }

    static std::size_t end_of(const Finding& finding) { return finding.offset + finding.length; }

    // From the token on that is not JSON the line is text like any other.
    void scan_rest() {
        for (Finding finding : scan_text(m_line.substr(m_in.begin()), m_options)) {
            finding.offset += m_in.begin();
            finding.line = 0;
            m_findings.push_back(std::move(finding));
        }
    }

    std::string_view m_line;
    const ScrubOptions& m_options;
    bool m_is_record;
    json::LocatedTokens m_in;
    std::vector<Frame> m_frames;
    std::vector<Finding> m_findings;
    FieldNames m_names;
    std::uint64_t m_serial = 0;
    bool m_declares = false;  // a member says that another one is secret
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
