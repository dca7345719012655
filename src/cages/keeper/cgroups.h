#pragma once
#include "arguments.h"
#include "failure.h"
#include <sys/types.h>

/* The cgroups that belong to this test alone: whatever is in them is killed with it. */
struct cgroups {
  const char *const *folders;
  size_t count;
  int doors[MAX_CGROUPS]; /* write "0" to come in */
  int unified;            /* the folder of the only v2 cgroup, for clone3; -1 when there is none or more than one */
  size_t unified_index;
};

bool cgroups_open(const struct arguments *arguments, struct cgroups *cgroups, struct failure *failure);
/* Forks; `born_inside` tells parent and child alike whether the child began its life in the v2 cgroup. */
pid_t cgroups_fork(const struct cgroups *cgroups, bool *born_inside);
/* Moves the calling process into every cgroup that it was not born in. */
bool cgroups_join(const struct cgroups *cgroups, bool born_inside, struct failure *failure);
void cgroups_close(struct cgroups *cgroups);
/* No new process in this group where the kernel can refuse it, and SIGKILL for those in it. */
void cgroup_kill(const char *folder);
void cgroups_kill(const struct cgroups *cgroups);
