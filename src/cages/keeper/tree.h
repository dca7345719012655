#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pids.h"

struct member {
  pid_t pid;
  int statm;      /* kept open: a read costs 1 µs instead of 10, and can never meet a reused pid; -1 until needed */
  uint64_t start; /* macOS: tells a reused pid */
  int64_t perhaps_shared_bytes; /* what it may still have in common with the process that forked it; -1: not seen yet */
};

/* The living descendants of one process, by pid. */
struct tree {
  struct member *members;
  size_t count;
  struct pids found;
};

struct process_facts {
  pid_t parent;
  char state;
  char name[64];
  uint64_t start; /* as a launcher writes it down: clock ticks since boot, on macOS microseconds since 1970 */
  double cpu_ms;  /* of itself and of the children it waited for */
  int64_t resident_bytes;
};

/* Brings the members up to date; those that stay keep what is known of them. False when the system would not tell. */
bool tree_discover(struct tree *tree, pid_t root);
/* Sends a signal to every member. */
void tree_signal(const struct tree *tree, int signal);
bool process_facts(pid_t pid, struct process_facts *facts);
/* The command line, its words joined by blanks, cut at `size`; returns its length. */
size_t process_command(pid_t pid, char *text, size_t size);
/* The children of this very process: one small read. */
bool own_children(struct pids *children);
/* The eldest child of a process, or 0: orphans that it adopts come after its own. */
pid_t eldest_child(pid_t parent);
/* Replaces the members by `pids`, which must be sorted. */
void tree_adopt(struct tree *tree, const struct pids *pids);
