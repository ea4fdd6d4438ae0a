#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "opentraces/core/digest.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/names.hpp"
#include "opentraces/trace/schema_rows.hpp"

namespace opentraces::trace {
namespace {

constexpr std::size_t k_buffer = std::size_t{64} << 10;

// The JSONL line: wire order, everything written.
struct CompactForm {
    static constexpr std::string_view k_comma = ",";
    static constexpr std::string_view k_colon = ":";
    static constexpr bool k_sorted = false;
    static void append_escaped(std::string& out, std::string_view text) {
        json::append_compact_escaped(out, text);
    }
    static void append_double(std::string& out, double value) { json::append_compact_double(out, value); }
    static void append_scalar(std::string& out, const json::Value& value) {
        json::append_compact(out, value);
    }
};

// The same without members that are null or empty.
struct SparseForm : CompactForm {};

template <class Type>
bool is_empty(const Type& value) {
    if constexpr (k_is_optional<Type>) {
        return !value.has_value();
    } else if constexpr (IsModel<Type>) {
        bool empty = true;
        for_each_row<Type>([&](const auto& row) { empty = empty && is_empty(value.*row.member); });
        return empty;
    } else if constexpr (k_is_vector<Type> || std::is_same_v<Type, json::Object>) {
        return value.empty();
    } else {
        return false;
    }
}

// The hashed text: keys in code point order, only hashed rows.
struct CanonicalForm {
    static constexpr std::string_view k_comma = ", ";
    static constexpr std::string_view k_colon = ": ";
    static constexpr bool k_sorted = true;
    static void append_escaped(std::string& out, std::string_view text) {
        json::append_canonical_escaped(out, text);
    }
    static void append_double(std::string& out, double value) { json::append_canonical_double(out, value); }
    static void append_scalar(std::string& out, const json::Value& value) {
        json::append_canonical(out, value);
    }
};

// Writes through a buffer of bounded size, however long a text is.
template <class Form>
class Writer {
public:
    // `content_hash` is written in place of the one in the record.
    Writer(json::Sink& sink, std::string_view content_hash) : m_sink(sink), m_content_hash(content_hash) {
        m_out.reserve(2 * k_buffer);
    }

    template <IsModel Model>
    void write(const Model& model) {
        m_out.push_back('{');
        bool first = true;
        const auto write_row = [&](const auto& row) {
            if (Form::k_sorted && !row.hashed) return;
            if (std::is_same_v<Form, SparseForm> && is_empty(model.*row.member)) return;
            write_key(row.key, first);
            if (is_content_hash(row)) {
                write(m_content_hash);
            } else {
                write(model.*row.member);
            }
        };
        if constexpr (Form::k_sorted) {
            for_each_sorted_row<Model>(write_row);
        } else {
            for_each_row<Model>(write_row);
        }
        m_out.push_back('}');
    }

    void finish() {
        m_sink.write(m_out);
        m_out.clear();
    }

private:
    template <class Model, class Member>
    static bool is_content_hash(const Field<Model, Member>& row) {
        if constexpr (std::is_same_v<Model, TraceRecord> && std::is_same_v<Member, OptText>) {
            return row.member == &TraceRecord::content_hash;
        } else {
            return false;
        }
    }

    void write_key(std::string_view key, bool& first) {
        if (!first) m_out.append(Form::k_comma);
        first = false;
        write(key);
        m_out.append(Form::k_colon);
    }

    void write(std::string_view text) {
        m_out.push_back('"');
        while (text.size() > k_buffer) {
            std::size_t end = k_buffer;
            while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
                --end;
            write_piece(text.substr(0, end));
            text.remove_prefix(end);
        }
        write_piece(text);
        m_out.push_back('"');
    }

    void write_piece(std::string_view piece) {
        Form::append_escaped(m_out, piece);
        flush_if_full();
    }

    void flush_if_full() {
        if (m_out.size() >= k_buffer) finish();
    }

    void write(const std::string& text) { write(std::string_view(text)); }
    void write(bool value) { m_out.append(value ? "true" : "false"); }
    void write(double value) { Form::append_double(m_out, value); }
    void write(const Integer& value) { value.append_to(m_out); }

    template <class Enum>
    requires std::is_enum_v<Enum>
    void write(Enum value) { write(name_of(value)); }

    template <class Type>
    void write(const std::optional<Type>& value) {
        if (value) {
            write(*value);
        } else {
            m_out.append("null");
        }
    }

    template <class Item>
    void write(const std::vector<Item>& items) {
        m_out.push_back('[');
        bool first = true;
        for (const Item& item : items) {
            if (!first) m_out.append(Form::k_comma);
            first = false;
            write(item);
            flush_if_full();
        }
        m_out.push_back(']');
    }

    void write(const TextMap& map) { write_members(map); }
    void write(const json::Object& object) { write_members(object); }

    template <class Members>
    void write_members(const Members& members) {
        m_out.push_back('{');
        bool first = true;
        const auto write_member = [&](const auto& member) {
            write_key(member.first, first);
            write(member.second);
        };
        if constexpr (Form::k_sorted) {
            std::vector<decltype(&*members.begin())> sorted;
            sorted.reserve(members.size());
            for (const auto& member : members)
                sorted.push_back(&member);
            std::sort(sorted.begin(), sorted.end(),
                      [](const auto* a, const auto* b) { return a->first < b->first; });
            for (const auto* member : sorted)
                write_member(*member);
        } else {
            for (const auto& member : members)
                write_member(member);
        }
        m_out.push_back('}');
    }

    void write(const json::Value& value) {
        if (const auto* text = value.if_string()) {
            write(*text);
        } else if (const auto* object = value.if_object()) {
            write(*object);
        } else if (const auto* array = value.if_array()) {
            write(*array);
        } else {
            Form::append_scalar(m_out, value);
        }
    }

    json::Sink& m_sink;
    std::string_view m_content_hash;
    std::string m_out;
};

class DigestSink final : public json::Sink {
public:
    void write(std::string_view text) override { m_digest.update(text); }
    ContentHash finish() { return ContentHash(m_digest.finish_hex()); }

private:
    Sha256 m_digest;
};

template <class Form>
void write_record(const TraceRecord& record, json::Sink& sink, std::string_view content_hash = {}) {
    Writer<Form> writer(sink, content_hash);
    writer.write(record);
    writer.finish();
}

class AppendingSink final : public json::Sink {
public:
    explicit AppendingSink(std::string& out) : m_out(out) {}
    void write(std::string_view text) override { m_out.append(text); }

private:
    std::string& m_out;
};

template <IsModel Model>
void write_sparse(std::string& out, const Model& part) {
    AppendingSink sink(out);
    Writer<SparseForm> writer(sink, {});
    writer.write(part);
    writer.finish();
}

}  // namespace

ContentHash content_hash(const TraceRecord& record) {
    DigestSink digest;
    write_record<CanonicalForm>(record, digest);
    return digest.finish();
}

bool has_stale_hash(const Decoded& decoded) {
    if (!decoded.record || decoded.record->schema_version != k_schema_version) return false;
    if (!decoded.unknown_keys.empty() || !decoded.non_finite.empty()) return false;
    const OptText& given = decoded.record->content_hash;
    return given && *given != content_hash(*decoded.record).str();
}

std::string canonical_text(const TraceRecord& record) {
    json::StringSink sink;
    write_record<CanonicalForm>(record, sink);
    return std::move(sink.text());
}

ContentHash encode(const TraceRecord& record, json::Sink& sink) {
    ContentHash hash = content_hash(record);
    write_record<CompactForm>(record, sink, hash.str());
    return hash;
}

std::string encode(const TraceRecord& record) {
    json::StringSink sink;
    encode(record, sink);
    return std::move(sink.text());
}

void append_sparse(std::string& out, const Task& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const RecordEnvironment& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const Outcome& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const SecurityMetadata& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const Attribution& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const Metrics& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const TokenUsage& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const ToolCall& part) {
    write_sparse(out, part);
}

void append_sparse(std::string& out, const Snippet& part) {
    write_sparse(out, part);
}

}  // namespace opentraces::trace
