#pragma once
#include "cgroups.h"
#include <stdbool.h>
#include <sys/types.h>

/* Starts a child that runs in our own memory, on a stack of its own, while we stand still until it executes another
   program or ends: no page is copied, which is most of what a fork costs where page faults are slow. `run` must not
   return. -1: not here; fork. */
pid_t borrow_memory(const struct cgroups *cgroups, bool *born_inside, int (*run)(void *), void *word);
