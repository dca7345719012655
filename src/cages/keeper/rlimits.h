#pragma once
#include "arguments.h"
#include "failure.h"

/* Sets the calling process's own limits, for itself and all it will start. */
bool apply_limits(const struct limits *limits, struct failure *failure);
