// An open dataset with everything that reading and changing it takes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "opentraces/core/progress.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/dataset/shard_copy.hpp"
#include "opentraces/dataset/state.hpp"
#include "opentraces/hub/ports.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::dataset {

// Where datasets are remembered, and where copies of their shards lie while they are read.
struct Place {
    hub::Ports& ports;
    store::Store& store;
    std::string downloads;  // two below a folder that exists, as in a project
};
Place in_project(hub::Ports& ports, store::Store& store, const std::string& project);

// What an attempt has come to.
enum class Attempt {
    Done,
    Moved,  // somebody else has changed the dataset
    Again,  // for a reason of one's own: nobody has to be waited for
};

class Dataset {
public:
    // `name` as resolve_name() answers it.
    Dataset(const Place& place, std::string_view name, Access access, Progress& progress);
    // Of a remote that is open, and outlives it.
    Dataset(const Place& place, hub::Remote& remote, Progress& progress);
    Dataset(const Dataset&) = delete;
    Dataset& operator=(const Dataset&) = delete;

    hub::Remote& remote() const { return *m_remote; }
    Reader& reader() { return m_reader; }
    hub::Ports& ports() const { return m_place.ports; }
    store::Store& store() const { return m_place.store; }
    Progress& progress() const { return m_progress; }
    const Place& place() const { return m_place; }

    // Error NotFound when there is no such dataset.
    hub::DatasetInfo existing() const { return dataset::existing(*m_remote); }
    // Of a shard, or another file, at this head. Errors of the remote, ShardUnavailable. `arriving` is called
    // whenever a piece of it has come.
    ShardCopy copy(const std::string& head, const hub::RemoteFile& file,
                   const std::function<void()>& arriving = {}) const;

    // Ten times at most, with longer and longer waits after Moved. Error CommitConflict when that is not
    // enough; those of `attempt`.
    void repeat(const std::function<Attempt()>& attempt) const;
    // Runs `look`, and again while a folder changes under it.
    void read(const std::function<void()>& look) const;

private:
    void pause(int attempt) const;

    Place m_place;
    std::unique_ptr<hub::Remote> m_opened;
    hub::Remote* m_remote;
    Progress& m_progress;
    Reader m_reader;
};

// Moved when a folder has changed while it was read, else Done.
Attempt try_to_read(const std::function<void()>& look);

}  // namespace opentraces::dataset
