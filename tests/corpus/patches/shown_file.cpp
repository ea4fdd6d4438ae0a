#include "corpus/patches/shown_file.hpp"

#include <algorithm>

namespace opentraces::patches {
namespace {

constexpr long k_own = -1;

}  // namespace

void ShownFile::create(const std::string& text) {
    if (!m_begun) m_existed = false;
    m_text.clear();
    m_origin.clear();
    for (const std::string& line : lines_of(text)) {
        m_text.push_back(line);
        m_origin.push_back(k_own);
    }
    m_whole = true;
    m_begun = true;
    m_gone = false;
}

void ShownFile::overwrite(const std::string& before, const std::string& after) {
    const Lines lines = lines_of(before);
    for (std::size_t at = 0; at < lines.size(); ++at)
        show(at, lines[at]);
    m_begun = m_whole = true;
    m_text = lines_of(after);
    m_origin.assign(m_text.size(), k_own);
}

void ShownFile::remove(const std::string& text) {
    const Lines lines = lines_of(text);
    for (std::size_t at = 0; at < lines.size(); ++at)
        show(at, lines[at]);
    m_origin.clear();
    m_text.clear();
    m_begun = m_gone = true;
}

void ShownFile::apply(const std::string& diff) {
    m_begun = true;
    std::size_t at = 0;
    long last = k_own;
    for (std::string line : lines_of(diff)) {
        if (line.starts_with("@@ ")) {
            const std::string added = line.substr(line.find('+') + 1);
            const long start = std::stol(added);
            const bool nothing_left = added.substr(0, added.find(' ')).ends_with(",0");
            at = static_cast<std::size_t>(start) - (start > 0 && !nothing_left ? 1 : 0);
        } else if (line.starts_with("\\")) {
            if (last > 0 && m_original[last].ends_with('\n')) m_original[last].pop_back();
        } else if (line[0] == '+') {
            reach(at);
            m_origin.insert(m_origin.begin() + static_cast<long>(at), k_own);
            m_text.insert(m_text.begin() + static_cast<long>(at), line.substr(1));
            ++at;
            last = k_own;
        } else {
            last = show(at, line.substr(1));
            if (line[0] == '-') {
                m_origin.erase(m_origin.begin() + static_cast<long>(at));
                m_text.erase(m_text.begin() + static_cast<long>(at));
            } else {
                ++at;
            }
        }
    }
}

void ShownFile::replace(const Lines& marks, std::size_t& from) {
    if (!m_whole) return;
    Lines before;
    for (const std::string& mark : marks)
        if (mark[0] != '+') before.push_back(mark.substr(1));
    std::size_t at = before.empty() ? m_text.size() : from;
    while (at + before.size() <= m_text.size() &&
           !std::equal(before.begin(), before.end(), m_text.begin() + static_cast<long>(at)))
        ++at;
    if (at + before.size() > m_text.size()) return void(m_whole = false);
    for (const std::string& mark : marks) {
        if (mark[0] == '-') {
            m_origin.erase(m_origin.begin() + static_cast<long>(at));
            m_text.erase(m_text.begin() + static_cast<long>(at));
            continue;
        }
        if (mark[0] == '+') {
            m_origin.insert(m_origin.begin() + static_cast<long>(at), k_own);
            m_text.insert(m_text.begin() + static_cast<long>(at), mark.substr(1));
        }
        ++at;
    }
    from = at;
}

void ShownFile::reach(std::size_t count) {
    while (!m_whole && m_origin.size() < count) {
        m_origin.push_back(m_next++);
        m_text.emplace_back();
    }
}

long ShownFile::show(std::size_t at, const std::string& text) {
    reach(at + 1);
    if (at >= m_origin.size()) return k_own;
    m_text[at] = text;
    if (m_origin[at] > 0) m_original.try_emplace(m_origin[at], text);
    return m_origin[at];
}

void ShownFile::add_to(Session& session, const std::string& path) const {
    if (m_existed) session.originals[path] = m_original;
    session.edited.insert(path);
    for (std::size_t at = 0; at < m_origin.size() && !m_gone; ++at)
        if (m_origin[at] == k_own) session.lines.emplace(path, static_cast<long>(at) + 1);
}

}  // namespace opentraces::patches
