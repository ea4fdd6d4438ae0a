#include "opentraces/flow/card.hpp"

#include <utility>

#include "card_changes.hpp"
#include "dataset_rewrite.hpp"
#include "dataset_state.hpp"
#include "leaving_text.hpp"

namespace opentraces::flow {

CardReport read_card(Ports& ports, store::Store& store, const std::string& project,
                     const CardOptions& options, Progress& progress) {
    const auto remote = open_dataset(ports, options.remote, progress, hub::Access::Read);
    const card::CardSettings settings = LeavingTexts(options.scan, progress).scrub(options.settings);
    CardReport report;
    read_while_moving(*remote, ports, [&] {
        const hub::DatasetInfo info = existing_dataset(*remote);
        DatasetReader reader(*remote, store, ports.disk, download_folder(project));
        const DatasetState state = reader.read(info.head);
        const card::CardInput input = card_input(reader, state, state.index, info, settings);
        report.remote = info.name;
        report.url = info.url;
        report.before = reader.root_file(state, card::k_card_path);
        report.after = card::render(report.before, input);
        report.check = card::check(report.before, input);
    });
    return report;
}

CardReport write_card(Ports& ports, store::Store& store, const std::string& project,
                      const CardOptions& options, Progress& progress) {
    const auto remote = open_dataset(ports, options.remote, progress);
    const card::CardSettings settings = LeavingTexts(options.scan, progress).scrub(options.settings);
    CardReport report;
    const auto prepare = [&](const hub::DatasetInfo& info) {
        DatasetReader reader(*remote, store, ports.disk, download_folder(project));
        const DatasetState state = reader.read(info.head);
        card::CardInput input = card_input(reader, state, state.index, info, settings);
        input.apply_settings = true;
        CardChanges card = card_changes(reader, state, input, options.reset);
        if (!card.changes.empty()) check_accepted(*remote, card.after);
        for (shard::IndexFile& file : state.index.changed_files())
            card.changes.push_back(small_change(file.path, std::move(file.content)));
        report.remote = info.name;
        report.url = info.url;
        report.before = std::move(card.before);
        report.after = std::move(card.after);
        if (!options.reset) report.check = card::check(report.before, input);
        return std::move(card.changes);
    };
    hub::Receipt receipt = rewrite_dataset(*remote, ports, progress, "Update the card", prepare);
    report.commit = std::move(receipt.oid);
    report.commit_url = std::move(receipt.url);
    return report;
}

}  // namespace opentraces::flow
