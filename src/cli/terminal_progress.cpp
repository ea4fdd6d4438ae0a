#include "cli/terminal_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/cells.hpp"
#include "cli/table.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::chrono::milliseconds k_redraw{100};
constexpr std::chrono::milliseconds k_patience{1000};
constexpr int k_bar_cells = 12;

// The end of a name that is too long says more than its beginning.
std::string last_cells(std::string_view name, std::size_t cells) {
    if (cells_of(name) <= cells) return std::string(name);
    const auto is_inside_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    while (!name.empty() && (is_inside_character(name.front()) || cells_of(name) + 1 > cells))
        name.remove_prefix(1);
    return "\xE2\x80\xA6" + std::string(name);
}

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
        if (first || done || now - m_drawn >= k_redraw) {
            draw_bar(path, sent, total);
            m_drawn = now;
        }
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
    const std::string numbers =
        fmt::format(" [{}{}] {} of {}, {}/s", std::string(static_cast<std::size_t>(full), '#'),
                    std::string(static_cast<std::size_t>(k_bar_cells - full), '.'), bytes_text(sent),
                    bytes_text(total), bytes_text(speed));
    const auto room = static_cast<std::size_t>(std::max(m_terminal.width(), 2)) - 1;
    constexpr std::size_t k_shortest_name = 8;
    const std::size_t left =
        room > numbers.size() + k_shortest_name ? room - numbers.size() : k_shortest_name;
    m_terminal.redraw(last_cells(printable_line(path), left) + numbers);
    m_bar = true;
}

void TerminalProgress::working(std::string_view what, std::uint64_t done, std::uint64_t total) {
    draw_work(what, done, total, [](std::uint64_t count) { return std::to_string(count); });
}

void TerminalProgress::working_bytes(std::string_view what, std::uint64_t done, std::uint64_t total) {
    draw_work(what, done, total, bytes_text);
}

void TerminalProgress::draw_work(std::string_view what, std::uint64_t done, std::uint64_t total, Show show) {
    if (m_quiet || !m_terminal.err_is_terminal()) return;
    const TimePoint now = m_clock.now();
    if (m_what != what) {
        clear_work();
        m_what = what;
        m_work_started = now;
        m_work_drawn = TimePoint{};
    }
    if (total != 0 && done >= total) return clear_work();
    if (now - m_work_started < k_patience || now - m_work_drawn < k_redraw) return;
    const std::string line = total == 0 ? fmt::format("{}: {}", what, show(done))
                                        : fmt::format("{}: {} of {}", what, show(done), show(total));
    m_terminal.redraw(cut_to_cells(line, static_cast<std::size_t>(std::max(m_terminal.width(), 2)) - 1));
    m_work_drawn = now;
    m_working = true;
}

void TerminalProgress::clear_work() {
    if (m_working) m_terminal.redraw("");
    m_working = false;
    m_what.clear();
}

void TerminalProgress::end_bar() {
    if (m_working) m_terminal.redraw("");
    m_working = false;
    if (m_bar) m_terminal.err("\n");
    m_bar = false;
    m_path.clear();
}

}  // namespace opentraces::cli
