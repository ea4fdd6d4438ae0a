#include "opentraces/card/card.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::card {

DatasetInfosUpdate dataset_infos_update(const std::optional<std::string>& existing) {
    using Action = DatasetInfosUpdate::Action;
    if (!existing) return {};
    json::Value document;
    try {
        document = json::read_document(*existing);
    } catch (const json::SyntaxError&) {
        return {Action::Remove, {}};
    }
    json::Object* configs = document.if_object();
    if (configs == nullptr) return {Action::Remove, {}};
    const bool had_ours = configs->erase("default");
    if (configs->empty()) return {Action::Remove, {}};
    if (!had_ours) return {};
    return {Action::Replace, json::write_pretty(document)};
}

}  // namespace opentraces::card
