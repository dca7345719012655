#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CGROUPS 16
#define MAX_MOUNTS 16
#define MAX_THROUGH 32
#define NOT_SET INT64_MIN

enum uid_map {
  UID_MAP_AUTO, /* a user namespace only where the others need one */
  UID_MAP_KEEP, /* the same user inside as outside */
  UID_MAP_ROOT, /* root inside, the same user outside */
};

/* A folder that becomes a memory file system of a given size. */
struct sized_mount {
  const char *folder;
  size_t folder_length;
  int64_t bytes;
  const char *covered; /* a folder whose changes go there too, or NULL */
};

/* Every limit is NOT_SET or a checked number. */
struct limits {
  int64_t data, file_size, open_files, processes, stack, cpu_seconds, core;
  int64_t nice, oom_score_adj;
};

struct arguments {
  int64_t control; /* a descriptor, or NOT_SET */
  const char *cgroups[MAX_CGROUPS];
  size_t cgroup_count;
  bool pid_namespace, network_namespace;
  struct sized_mount mounts[MAX_MOUNTS];
  size_t mount_count;
  const char *through[MAX_THROUGH]; /* what stays as it is below a covered folder */
  size_t through_count;
  enum uid_map uid_map;
  struct limits limits;
  int64_t memory_bytes, poll_ms, linger_ms, kill_bound_ms;
  const char *sweeps[MAX_CGROUPS]; /* what to end and remove when the launcher is gone, in place of a command */
  size_t sweep_count;
  int64_t goodbye_ms; /* how long the launcher has, at the end, to read everything and to close its side */
  char **command;
};

/* Fills `arguments`, or writes one sentence that says what is wrong. Touches nothing but its parameters. */
bool parse_arguments(int count, char **words, struct arguments *arguments, char *error, size_t error_size);
