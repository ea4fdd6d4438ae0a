// The content hashes of a shard's traces, in file order, packed to 32 bytes each.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "opentraces/core/ids.hpp"

namespace opentraces::shard {

class HashList {
public:
    // Reads out hashes as values.
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = ContentHash;
        using difference_type = std::ptrdiff_t;
        using pointer = const ContentHash*;
        using reference = ContentHash;

        Iterator(const HashList& list, std::size_t at) : m_list(&list), m_at(at) {}
        ContentHash operator*() const { return m_list->at(m_at); }
        Iterator& operator++() {
            ++m_at;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++m_at;
            return before;
        }
        bool operator==(const Iterator& other) const = default;

    private:
        const HashList* m_list;
        std::size_t m_at;
    };

    // 64 hex digits of either case; throws Error Internal for anything else.
    void add(const ContentHash& hash);
    ContentHash at(std::size_t index) const;  // lower case
    std::size_t size() const;
    bool empty() const { return m_bytes.empty(); }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }
    bool operator==(const HashList&) const = default;

    // The 32-byte digests one after the other.
    const std::string& bytes() const { return m_bytes; }
    static HashList from_bytes(std::string bytes);

private:
    std::string m_bytes;
};

// True for 64 hex digits, the only form in which a content hash identifies a trace.
bool is_content_hash(std::string_view text);

}  // namespace opentraces::shard
