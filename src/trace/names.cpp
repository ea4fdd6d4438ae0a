#include "opentraces/trace/names.hpp"

namespace opentraces::trace {
namespace {

template <class Enum>
std::string_view name_in_table(Enum value) {
    return k_names<Enum>.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view name_of(ExecutionContext value) {
    return name_in_table(value);
}
std::string_view name_of(VcsType value) {
    return name_in_table(value);
}
std::string_view name_of(Role value) {
    return name_in_table(value);
}
std::string_view name_of(CallType value) {
    return name_in_table(value);
}
std::string_view name_of(SignalConfidence value) {
    return name_in_table(value);
}
std::string_view name_of(TerminalState value) {
    return name_in_table(value);
}
std::string_view name_of(RangeConfidence value) {
    return name_in_table(value);
}

}  // namespace opentraces::trace
