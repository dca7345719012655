#pragma once
#include "arguments.h"
#include "cgroups.h"
#include "failure.h"
#include <sys/types.h>

struct spawned {
  pid_t child;      /* our own child: the leader, or the init of its pid namespace */
  int failure_pipe; /* ends when the leader has become the command, or tells why it could not */
  int init_socket;  /* -1 without a pid namespace */
};

bool spawn(const struct arguments *arguments, const struct cgroups *cgroups, struct spawned *spawned,
           struct failure *failure);
