#include "opentraces/dataset/commit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::dataset {
namespace {

std::string_view front_matter(std::string_view text) {
    if (!text.starts_with("---\n")) return {};
    const std::size_t end = text.find("\n---", 3);
    return text.substr(0, end);
}

}  // namespace

void check_card(hub::Remote& remote, const CardTexts& card) {
    if (card.before && front_matter(*card.before) == front_matter(card.after)) return;
    const std::vector<std::string> problems = remote.card_problems(card.after);
    if (problems.empty()) return;
    throw Error(ErrorCode::CardMalformed,
                fmt::format("{} does not accept the card: {}", remote.name(), fmt::join(problems, "; ")),
                "Repair the front matter of README.md, or the card settings of the project.");
}

std::optional<hub::Receipt> send(Dataset& dataset, const hub::CommitRequest& request) {
    hub::CommitOutcome outcome =
        dataset.remote().commit(request, [&dataset](const hub::UploadProgress& done) {
            dataset.progress().upload(done.path, done.sent, done.total);
        });
    if (outcome.status == hub::CommitStatus::ParentMoved) return std::nullopt;
    return std::move(outcome.receipt);
}

Committed verify(Dataset& dataset, const hub::CommitRequest& request, hub::Receipt receipt) {
    std::vector<std::string> paths;
    for (const hub::FileChange& change : request.changes)
        paths.push_back(change.path);
    // Looked up for the next commit only: the Hub may have put more into them (.gitattributes).
    for (const hub::FileChange& change : receipt.added)
        paths.push_back(change.path);
    Committed committed{std::move(receipt), {}};
    committed.files = dataset.remote().find(committed.receipt.oid, paths);
    for (const hub::FileChange& change : request.changes) {
        if (is_there(change, committed.files, dataset.ports().disk)) continue;
        throw Error(ErrorCode::CorruptDataset,
                    fmt::format("commit {} of {} does not hold {} as it was sent", committed.receipt.oid,
                                dataset.remote().name(), change.path));
    }
    return committed;
}

void remember(Dataset& dataset, const State& before, const hub::CommitRequest& request,
              const Committed& committed) {
    dataset.reader().remember(before, committed.files, request.changes);
    dataset.reader().remember_texts(committed.files, committed.receipt.added);
}

Rewritten rewrite(Dataset& dataset, const Propose& propose) {
    Rewritten rewritten;
    dataset.repeat([&] {
        Proposal proposal;
        Changes changes;
        const Attempt looked = try_to_read([&] {
            rewritten.info = dataset.existing();
            proposal = propose(rewritten.info);
            if (!proposal.plan.none)
                changes = changes_of(proposal.plan, dataset, proposal.state, rewritten.info);
        });
        if (looked != Attempt::Done) return looked;
        rewritten.card = std::move(changes.card);
        if (changes.empty()) return Attempt::Done;
        check_card(dataset.remote(), rewritten.card);
        auto receipt = send(dataset, changes.request);
        if (!receipt) return Attempt::Moved;
        Committed committed = verify(dataset, changes.request, std::move(*receipt));
        remember(dataset, proposal.state, changes.request, committed);
        rewritten.receipt = std::move(committed.receipt);
        return Attempt::Done;
    });
    return rewritten;
}

}  // namespace opentraces::dataset
