#pragma once
#include "arguments.h"

/* Waits until nobody holds the other end of the control channel; then ends what is in the cgroups and removes them. */
int sweep(const struct arguments *arguments);
