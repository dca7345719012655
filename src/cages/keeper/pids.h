#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A growing list of process ids. When memory is short it stops growing and says so by returning false. */
struct pids {
  pid_t *list;
  size_t count, capacity;
};

bool pids_add(struct pids *pids, pid_t pid);
/* Sorts, and drops duplicates. */
void pids_sort(struct pids *pids);
/* Adds every number of a file like /proc/PID/task/TID/children or cgroup.procs; false when it cannot be read. */
bool pids_read(struct pids *pids, const char *path);
