// The body of a commit request: NDJSON of known length, made while it is sent, so that files from disk are
// never held whole in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

class CommitBody final : public net::BodySource {
public:
    CommitBody(fs::Disk& disk, const CommitRequest& request);

    void add_regular(const FileChange& change);
    void add_large(const std::string& path, const std::string& sha256, std::uint64_t size);
    void add_removal(const std::string& path);

    std::uint64_t size() const override { return m_size; }
    void rewind() override;
    std::size_t read(char* buffer, std::size_t size) override;

private:
    struct Piece {
        std::string text;
        std::string path;  // not empty: the base64 of this file instead of text
        std::uint64_t file_size = 0;
    };
    void add_text(std::string text);
    bool fill();
    void fill_from_file(const Piece& piece);

    fs::Disk& m_disk;
    std::vector<Piece> m_pieces;
    std::uint64_t m_size = 0;
    std::size_t m_next = 0;  // piece to be produced next
    std::unique_ptr<fs::ReadFile> m_file;
    std::uint64_t m_left = 0;  // of the file
    std::string m_ready;
    std::size_t m_taken = 0;
};

}  // namespace opentraces::hub
