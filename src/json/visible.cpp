#include "opentraces/json/visible.hpp"

#include "opentraces/core/printable.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::json {

std::string to_visible(const Value& value) {
    std::string compact = write_document(value);
    auto unseen = find_unseen(compact, 0);
    if (!unseen) return compact;
    std::string out;
    std::size_t begin = 0;
    // Outside of strings there is nothing of the kind.
    for (; unseen; unseen = find_unseen(compact, begin)) {
        out.append(compact, begin, unseen->at - begin);
        append_u_escape(out, unseen->code.value_or(0xFFFD));
        begin = unseen->at + unseen->length;
    }
    return out.append(compact, begin);
}

}  // namespace opentraces::json
