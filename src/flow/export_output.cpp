#include <unordered_set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/export.hpp"

namespace opentraces::flow {
namespace {

constexpr unsigned k_file_mode = 0644;
constexpr unsigned k_folder_mode = 0755;

class FileSink final : public json::Sink {
public:
    explicit FileSink(fs::NewFile& file) : m_file(file) {}
    void write(std::string_view text) override { m_file.write(text); }

private:
    fs::NewFile& m_file;
};

// Counts what passes, and writes the preamble in front of the first of it.
class CountingSink final : public json::Sink {
public:
    CountingSink(std::uint64_t& bytes, std::string preamble)
        : m_bytes(bytes), m_preamble(std::move(preamble)) {}
    void lead_to(json::Sink* target) { m_target = target; }
    void start_file() { m_started = false; }
    void write(std::string_view text) override {
        if (!m_started && !m_preamble.empty()) pass(m_preamble);
        m_started = true;
        pass(text);
    }

private:
    void pass(std::string_view text) {
        m_bytes += text.size();
        m_target->write(text);
    }

    std::uint64_t& m_bytes;
    std::string m_preamble;
    json::Sink* m_target = nullptr;
    bool m_started = false;
};

// One file or stream. A document that has to stay alone is held back until it is certain that it is alone.
class OneOutput : public ExportOutput {
public:
    OneOutput(const formats::Format& format, std::string preamble)
        : m_format(format), m_counter(m_bytes, std::move(preamble)) {}

    json::Sink& begin(std::string_view) override {
        const bool alone = m_format.layout == formats::Layout::Documents;
        if (alone && m_documents > 0) {
            throw Error(ErrorCode::BadOption,
                        std::string(m_format.name) + " keeps one trace, or one run of it, in a file",
                        "Name a folder: -o FOLDER/");
        }
        ++m_documents;
        m_counter.lead_to(alone ? static_cast<json::Sink*>(&m_held) : &target());
        return m_counter;
    }
    void end() override {}

protected:
    virtual json::Sink& target() = 0;
    void release() {
        if (!m_held.text().empty()) target().write(m_held.text());
    }

private:
    const formats::Format& m_format;
    CountingSink m_counter;
    json::StringSink m_held;
};

class StreamOutput final : public OneOutput {
public:
    StreamOutput(const formats::Format& format, std::string preamble, json::Sink& sink)
        : OneOutput(format, std::move(preamble)), m_sink(sink) {}
    void finish() override { release(); }

private:
    json::Sink& target() override { return m_sink; }
    json::Sink& m_sink;
};

class FileOutput final : public OneOutput {
public:
    // Made at once: a place that cannot be written is noticed before anything is read.
    FileOutput(const formats::Format& format, std::string preamble, fs::Disk& disk, const std::string& path)
        : OneOutput(format, std::move(preamble)), m_file(disk.create(path, k_file_mode)), m_sink(*m_file) {}
    void finish() override {
        if (documents() == 0) return;
        release();
        m_file->commit();
    }

private:
    json::Sink& target() override { return m_sink; }
    std::unique_ptr<fs::NewFile> m_file;
    FileSink m_sink;
};

class FolderOutput final : public ExportOutput {
public:
    FolderOutput(const formats::Format& format, std::string preamble, fs::Disk& disk, std::string folder)
        : m_format(format),
          m_disk(disk),
          m_folder(std::move(folder)),
          m_counter(m_bytes, std::move(preamble)) {
        m_disk.make_directories(m_folder, k_folder_mode);
    }

    json::Sink& begin(std::string_view stem) override {
        m_file = m_disk.create(
            fs::join(m_folder, unused(std::string(stem)) + std::string(m_format.extension)), k_file_mode);
        m_sink = std::make_unique<FileSink>(*m_file);
        m_counter.lead_to(m_sink.get());
        m_counter.start_file();
        ++m_documents;
        return m_counter;
    }
    void end() override {
        m_file->commit();
        m_sink.reset();
        m_file.reset();
    }
    void finish() override {}

private:
    std::string unused(std::string stem) {
        if (m_used.insert(stem).second) return stem;
        for (std::size_t n = 2;; ++n) {
            std::string next = stem + "~" + std::to_string(n);
            if (m_used.insert(next).second) return next;
        }
    }

    const formats::Format& m_format;
    fs::Disk& m_disk;
    std::string m_folder;
    CountingSink m_counter;
    std::unique_ptr<fs::NewFile> m_file;
    std::unique_ptr<FileSink> m_sink;
    std::unordered_set<std::string> m_used;
};

class NoOutput final : public ExportOutput {
public:
    json::Sink& begin(std::string_view) override {
        ++m_documents;
        m_counter.lead_to(&m_nowhere);
        return m_counter;
    }
    void end() override {}
    void finish() override {}

private:
    struct Nowhere final : json::Sink {
        void write(std::string_view) override {}
    };
    Nowhere m_nowhere;
    CountingSink m_counter{m_bytes, {}};
};

}  // namespace

std::unique_ptr<ExportOutput> export_to_stream(const formats::Format& format, std::string preamble,
                                               json::Sink& sink) {
    return std::make_unique<StreamOutput>(format, std::move(preamble), sink);
}

std::unique_ptr<ExportOutput> export_to_file(const formats::Format& format, std::string preamble,
                                             fs::Disk& disk, const std::string& path) {
    return std::make_unique<FileOutput>(format, std::move(preamble), disk, path);
}

std::unique_ptr<ExportOutput> export_to_folder(const formats::Format& format, std::string preamble,
                                               fs::Disk& disk, const std::string& folder) {
    return std::make_unique<FolderOutput>(format, std::move(preamble), disk, folder);
}

std::unique_ptr<ExportOutput> export_to_nowhere() {
    return std::make_unique<NoOutput>();
}

}  // namespace opentraces::flow
