#pragma once
#include <stdint.h>

#define INTO_CGROUP 0x200000000ULL

/* The kernel's struct clone_args; libc headers do not all have it. */
struct clone3_arguments {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
