#include "opentraces/flow/card.hpp"

#include <utility>

#include "flow/leaving_text.hpp"
#include "opentraces/dataset/commit.hpp"

namespace opentraces::flow {
namespace {

CardReport report_of(const hub::DatasetInfo& info, dataset::CardTexts&& card) {
    CardReport report;
    report.remote = info.name;
    report.url = info.url;
    report.before = std::move(card.before);
    report.after = std::move(card.after);
    return report;
}

}  // namespace

CardReport read_card(Ports& ports, store::Store& store, const std::string& project,
                     const CardOptions& options, Progress& progress) {
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Read, progress);
    dataset::Plan plan;
    plan.card = LeavingTexts(options.scan, progress).scrub(options.settings);
    CardReport report;
    dataset.read([&] {
        const hub::DatasetInfo info = dataset.existing();
        const dataset::State state = dataset.reader().read(info.head);
        plan.index = state.index;
        dataset::Changes changes = changes_of(plan, dataset, state, info);
        const card::CardCheck check = card::check(changes.card.before, changes.card.input);
        report = report_of(info, std::move(changes.card));
        report.check = check;
    });
    return report;
}

CardReport write_card(Ports& ports, store::Store& store, const std::string& project,
                      const CardOptions& options, Progress& progress) {
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Write, progress);
    dataset::Plan plan;
    plan.summary = "Update the card";
    plan.card = LeavingTexts(options.scan, progress).scrub(options.settings);
    plan.card_settings_win = true;
    plan.card_reset = options.reset;
    dataset::Rewritten written = rewrite(dataset, [&](const hub::DatasetInfo& info) {
        dataset::State state = dataset.reader().read(info.head);
        plan.index = state.index;
        return dataset::Proposal{std::move(state), plan};
    });
    const card::CardInput input = std::move(written.card.input);
    CardReport report = report_of(written.info, std::move(written.card));
    if (!options.reset) report.check = card::check(report.before, input);
    report.commit = std::move(written.receipt.oid);
    report.commit_url = std::move(written.receipt.url);
    return report;
}

}  // namespace opentraces::flow
