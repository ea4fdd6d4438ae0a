#include "flow/push_license.hpp"

#include <fmt/format.h>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::flow {
namespace {

[[noreturn]] void refuse_another(const std::string& dataset, const std::string& stated,
                                 const std::string& given) {
    throw Error(ErrorCode::InvalidState,
                fmt::format("{} is under {}, and --license {} does not change that", dataset,
                            printable_line(stated), given),
                "Push without --license. To change what the card says: opentraces config set card.license " +
                    given + ", then opentraces card --write");
}

std::string chosen_for(const std::string& dataset, const PushOptions& options) {
    if (!options.license.empty()) return options.license;
    if (!options.card.license.empty()) return options.card.license;
    return options.ask_license && !options.dry_run ? options.ask_license(dataset) : std::string();
}

}  // namespace

std::string license_for(const std::optional<std::string>& card, const std::string& dataset,
                        const PushOptions& options, Progress& progress) {
    card::CardSettings given;
    given.license = options.license;
    card::validate_settings(given);
    const std::string stated = card ? card::license_of(*card) : std::string();
    if (!stated.empty()) {
        if (!options.license.empty() && options.license != stated)
            refuse_another(dataset, stated, options.license);
        return stated;
    }
    std::string chosen = chosen_for(dataset, options);
    if (chosen.empty())
        progress.note(fmt::format(
            "no licence is chosen for {}, and its card states none: choose one with --license ID, or with "
            "opentraces config set card.license ID",
            dataset));
    return chosen;
}

}  // namespace opentraces::flow
