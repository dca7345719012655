#include "cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pids.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "clone3.h"

#define CGROUP2_MAGIC 0x63677270

static bool is_unified(const char *folder) {
  struct statfs facts;
  return statfs(folder, &facts) == 0 && (unsigned long)facts.f_type == CGROUP2_MAGIC;
}

/* Born inside: nothing of it was ever outside, and no lock that makes a move wait for an RCU grace period is taken. */
static pid_t fork_inside(int folder) {
  struct clone3_arguments arguments = {.flags = INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)folder};
  return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}
#else
static bool is_unified(const char *folder) {
  (void)folder;
  return false;
}

static pid_t fork_inside(int folder) {
  (void)folder;
  return -1;
}
#endif

/* A child that has but one thread may move by the `tasks` file of v1: moving a single thread takes no lock, where
   moving a process waits for an RCU grace period (13 ms) unless one has just passed. v2 has no such file. */
static int open_door(const char *folder) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/tasks", folder);
  const int tasks = open(path, O_WRONLY | O_CLOEXEC);
  if (tasks >= 0) return tasks;
  snprintf(path, sizeof path, "%s/cgroup.procs", folder);
  return open(path, O_WRONLY | O_CLOEXEC);
}

bool cgroups_open(const struct arguments *arguments, struct cgroups *cgroups, struct failure *failure) {
  cgroups->folders = arguments->cgroups;
  cgroups->count = 0;
  cgroups->unified = -1;
  size_t unified = 0;
  for (size_t i = 0; i < arguments->cgroup_count; i++) {
    cgroups->doors[i] = open_door(arguments->cgroups[i]);
    if (cgroups->doors[i] < 0) return fail(failure, STAGE_CGROUP, "open cgroup.procs of", arguments->cgroups[i]);
    cgroups->count++;
    if (!is_unified(arguments->cgroups[i])) continue;
    cgroups->unified_index = i;
    unified++;
  }
  if (unified == 1) {
    cgroups->unified = open(arguments->cgroups[cgroups->unified_index], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  return true;
}

pid_t cgroups_fork(const struct cgroups *cgroups, bool *born_inside) {
  if (cgroups->unified >= 0) {
    *born_inside = true;
    const pid_t child = fork_inside(cgroups->unified);
    /* Old kernels and seccomp filters refuse clone3, and a refused join is told better by the write that follows. */
    if (child >= 0) return child;
  }
  *born_inside = false;
  return fork();
}

bool cgroups_join(const struct cgroups *cgroups, bool born_inside, struct failure *failure) {
  for (size_t i = 0; i < cgroups->count; i++) {
    if (born_inside && i == cgroups->unified_index) continue;
    if (write(cgroups->doors[i], "0", 1) != 1) return fail(failure, STAGE_CGROUP, "join", cgroups->folders[i]);
  }
  return true;
}

void cgroups_close(struct cgroups *cgroups) {
  for (size_t i = 0; i < cgroups->count; i++) close(cgroups->doors[i]);
  if (cgroups->unified >= 0) close(cgroups->unified);
  cgroups->unified = -1;
}

static bool put(const char *folder, const char *name, const char *text) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write(file, text, strlen(text)) > 0;
  close(file);
  return written;
}

static void kill_listed(const char *folder) {
  char path[PATH_MAX];
  struct pids pids = {0};
  snprintf(path, sizeof path, "%s/cgroup.procs", folder);
  pids_read(&pids, path);
  for (size_t i = 0; i < pids.count; i++) {
    if (pids.list[i] != getpid()) kill(pids.list[i], SIGKILL);
  }
  free(pids.list);
}

void cgroup_kill(const char *folder) {
  if (put(folder, "cgroup.kill", "1")) return;
  /* v1 and kernels before 5.14: no new fork where the pids controller is there, then one by one. */
  put(folder, "pids.max", "0");
  kill_listed(folder);
  /* The freezer of v1 lets a signal through only to those whom it thaws. */
  put(folder, "freezer.state", "THAWED");
}

void cgroups_kill(const struct cgroups *cgroups) {
  for (size_t i = 0; i < cgroups->count; i++) cgroup_kill(cgroups->folders[i]);
}
