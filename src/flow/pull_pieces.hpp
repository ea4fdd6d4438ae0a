// A remote file as it arrives: in pieces on disk, so that a broken download goes on where it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/json/lines.hpp"

namespace opentraces::flow {

// Of a file in the folder of pieces.
bool is_piece_name(std::string_view name);

class DownloadPieces {
public:
    // `folder` exists. DownloadPieces of other contents of the same path are not touched.
    DownloadPieces(fs::Disk& disk, std::string folder, const hub::RemoteFile& file);

    // Bytes that are here, from the start of the file without a gap.
    std::uint64_t size() const { return m_size; }
    // Fetches the rest. What arrived before an error stays. `arriving` is told how many bytes are here.
    void fetch(hub::Remote& remote, const std::string& head,
               const std::function<void(std::uint64_t)>& arriving = {});
    // All bytes in order; not checked against the digest yet.
    json::ByteSource open() const;
    void remove();

private:
    struct Piece {
        std::string path;
        std::uint64_t size = 0;
    };
    std::string path_at(std::uint64_t offset) const;
    void find();
    void write(std::string_view bytes);
    void finish_piece();

    fs::Disk& m_disk;
    std::string m_folder;
    const hub::RemoteFile& m_file;
    std::string m_name;
    std::vector<Piece> m_pieces;
    std::uint64_t m_size = 0;
    std::unique_ptr<fs::NewFile> m_out;  // the piece that is being written
    Piece m_growing;
};

}  // namespace opentraces::flow
