#pragma once
#include "arguments.h"
#include "cgroups.h"
#include "control.h"
#include "memory_watch.h"
#include "outbox.h"
#include "spawn.h"
#include "tree.h"

/* Why the tree was ended, or that it ended by itself. */
enum reason {
  REASON_NONE,
  REASON_EXIT,          /* nothing of it was left, or its leader ended and no launcher waits for the rest */
  REASON_COMMAND,       /* the launcher said kill */
  REASON_LAUNCHER_GONE, /* the control channel ended */
  REASON_MEMORY,
  REASON_LINGER, /* the time for what the leader left behind is up */
  REASON_SIGNAL, /* a second SIGTERM, SIGINT, SIGHUP or SIGQUIT to the keeper itself */
};

struct tally {
  uint64_t reaped, killed;
  bool nobody_left;    /* wait() said ECHILD */
  bool killing;        /* from here on a SIGKILL is ours */
  bool cpu_incomplete; /* the init of the namespace could not report, so its children's CPU time is lost */
};

struct keeper {
  struct arguments arguments;
  struct cgroups cgroups;
  struct spawned spawned;
  struct outbox outbox;
  struct line_reader reader;
  struct tree tree;
  struct memory_watch watch;
  struct tally tally;
  int control; /* -1 when there is no launcher */
  double began, leader_ended_at, kill_ms;
  pid_t leader; /* 0 until it has become the command */
  bool started, leader_ended, init_ended;
  int leader_status;
  enum reason reason;
  size_t survivors;
  int failed_exit_code; /* of a launch that failed */
};

/* The process below which the tree grows: the keeper itself, or the init of the pid namespace. */
pid_t tree_root(const struct keeper *keeper);
/* Takes in what has happened: messages of the init, ended processes. Never waits. */
void take_in(struct keeper *keeper);
/* Sends a signal to the whole tree. */
void signal_tree(struct keeper *keeper, int signal);
/* Kills until wait() says that nobody is left, or until the bound; then says who survived. */
void kill_tree(struct keeper *keeper);
/* Runs the command to its end and returns the exit code of the keeper. */
int keep(struct keeper *keeper);
