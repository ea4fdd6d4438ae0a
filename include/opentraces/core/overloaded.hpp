#pragma once

namespace opentraces {

/// One visitor out of several callables, for std::visit. Every callable must take its own type of argument.
template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
// Deduced without this in C++20, but not by clang before version 17.
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace opentraces
