// nlohmann::json, whose members are compiled once (json.cpp) and not again in every file that knows it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

// The two parsers are what json::parse() uses for a std::string and for a literal.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::detail::serializer<nlohmann::json>;
extern template class nlohmann::detail::parser<
    nlohmann::json, nlohmann::detail::iterator_input_adapter<std::string::const_iterator>>;
extern template class nlohmann::detail::parser<nlohmann::json,
                                               nlohmann::detail::iterator_input_adapter<const char*>>;
