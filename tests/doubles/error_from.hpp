// The error that an action throws.
#pragma once

#include "catch.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::testing {

template <class Action>
Error error_from(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error was thrown");
    return Error(ErrorCode::Internal, "");
}

}  // namespace opentraces::testing
