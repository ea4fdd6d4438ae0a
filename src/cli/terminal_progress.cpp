#include "cli/terminal_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::chrono::milliseconds k_redraw{100};
constexpr int k_bar_cells = 24;

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array k_units{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < k_units.size()) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, k_units[unit]);
}

void TerminalProgress::note(std::string_view text) {
    if (m_quiet) return;
    end_bar();
    m_terminal.err(fmt::format("{}\n", printable_line(text)));
}

void TerminalProgress::warning(std::string_view text) {
    end_bar();
    m_terminal.err(fmt::format("warning: {}\n", printable_line(text)));
}

void TerminalProgress::upload(std::string_view path, std::uint64_t sent, std::uint64_t total) {
    if (m_quiet) return;
    const TimePoint now = m_clock.now();
    const bool first = m_path != path;
    if (first) {
        end_bar();
        m_path = path;
        m_started = now;
        m_drawn = TimePoint{};
    }
    const bool done = sent >= total;
    if (m_terminal.err_is_terminal()) {
        if (first || done || now - m_drawn >= k_redraw) draw_bar(path, sent, total);
        m_drawn = now;
        if (done) end_bar();
    } else if (done) {
        m_terminal.err(fmt::format("uploaded {} ({})\n", printable_line(path), bytes_text(total)));
        m_path.clear();
    }
}

void TerminalProgress::draw_bar(std::string_view path, std::uint64_t sent, std::uint64_t total) {
    const double share = total == 0 ? 1.0 : static_cast<double>(sent) / static_cast<double>(total);
    const int full = std::clamp(static_cast<int>(share * k_bar_cells), 0, k_bar_cells);
    const auto elapsed = std::max<std::int64_t>(1, (m_clock.now() - m_started).count());
    const auto speed =
        static_cast<std::uint64_t>(static_cast<double>(sent) * 1000.0 / static_cast<double>(elapsed));
    m_terminal.redraw(fmt::format("{} [{}{}] {} of {}, {}/s", path,
                                  std::string(static_cast<std::size_t>(full), '#'),
                                  std::string(static_cast<std::size_t>(k_bar_cells - full), '.'),
                                  bytes_text(sent), bytes_text(total), bytes_text(speed)));
    m_bar = true;
}

void TerminalProgress::end_bar() {
    if (m_bar) m_terminal.err("\n");
    m_bar = false;
    m_path.clear();
}

}  // namespace opentraces::cli
