#pragma once
#include <time.h>

#include "arguments.h"
#include "tree.h"

/* What one process holds, as the kernel says it. */
struct footprint {
  int64_t private_bytes, shared_bytes;
};

/* From the kept statm: resident pages that are not file or shared memory, and those that are. False when it is gone. */
bool sample_member(struct member *member, struct footprint *footprint);
/* Exact but slow (10 µs a MiB): each page divided by those who share it. */
bool measure_member(const struct member *member, struct footprint *footprint);
/* Shared memory of the tree: mapped (counted once a process) and held open in memfds and /dev/shm (counted once). */
struct shared_memory {
  int64_t mapped_bytes, file_bytes;
};
/* Files that nobody has changed since `since` were there before the test and are not its own. */
struct shared_memory survey_shared_memory(const struct tree *tree, time_t since);
/* By how much statm may be wrong: newer kernels count in batches a CPU. */
int64_t statm_error_bytes(void);

struct memory_watch {
  int64_t cap_bytes; /* 0: only watched */
  double interval_ms, next_tick, next_discovery, next_survey;
  double last_tick, correction_until;
  int64_t last_bytes, correction_bytes;
  struct shared_memory shared;
  time_t since;
  /* What there is to tell. */
  int64_t bytes, peak_bytes;
  size_t processes, most_processes;
  const char *proof; /* how it is known that the cap is exceeded */
};

void memory_watch_start(struct memory_watch *watch, const struct arguments *arguments);
/* Samples; true when the tree is over its cap for certain. */
bool memory_watch_tick(struct memory_watch *watch, struct tree *tree, pid_t root);
