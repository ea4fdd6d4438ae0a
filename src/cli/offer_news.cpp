#include "cli/offer_news.hpp"

#include <algorithm>

#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::cli {
std::vector<flow::OfferNews> offer_news(Context& context, Project& project) {
    std::vector<flow::OfferNews> news =
        flow::ask_offers(context.ports, project.store->offers(), context.progress);
    if (std::none_of(news.begin(), news.end(), [](const flow::OfferNews& entry) { return entry.is_new; }))
        return news;
    try {
        auto store = store::Store::open(project.root, context.ports.disk, context.ports.clock);
        flow::settle_offers(*store, news);
        project.store = std::move(store);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        // What is only looked at needs no place to write: the next one to look writes it down.
    }
    return news;
}

std::string_view offer_state(const flow::OfferNews& news) {
    return news.known ? store::name_of(news.offer.state) : std::string_view("unknown");
}

json::Object offer_object(const flow::OfferNews& news) {
    json::Array ids;
    for (const TraceId& id : news.offer.traces)
        ids.emplace_back(id.str());
    json::Object object;
    object.append("at", format_iso8601(news.offer.at));
    object.append("remote", news.offer.remote);
    object.append("number", news.offer.number);
    object.append("url", news.offer.url);
    object.append("state", std::string(offer_state(news)));
    object.append("trace_count", static_cast<std::int64_t>(news.offer.traces.size()));
    object.append("trace_ids", std::move(ids));
    return object;
}

}  // namespace opentraces::cli
