#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "init.h"
#include "keeper.h"

/* Between two sweeps over the tree: so many looks at the children of this process alone. */
#define LOOKS_A_SWEEP 200
#define LOOKS_WITHOUT_PAUSE 20
/* An init that has not emptied its namespace by then is killed itself, and the kernel does it. */
#define INIT_BOUND_MS 1000

pid_t tree_root(const struct keeper *keeper) {
  return keeper->arguments.pid_namespace ? keeper->spawned.child : getpid();
}

static bool order_init(const struct keeper *keeper, enum init_order kind, int value) {
  const struct init_message message = {kind, value};
  return send(keeper->spawned.init_socket, &message, sizeof message, MSG_DONTWAIT) == sizeof message;
}

void signal_tree(struct keeper *keeper, int signal) {
  if (keeper->arguments.pid_namespace && order_init(keeper, INIT_SIGNAL, signal)) return;
  tree_discover(&keeper->tree, tree_root(keeper));
  tree_signal(&keeper->tree, signal);
}

static void pause_us(long microseconds) {
  const struct timespec time = {0, microseconds * 1000};
  nanosleep(&time, NULL);
}

/* Stopped first: what cannot run cannot fork. Twice, for those who were born during the first look. */
static void sweep(struct keeper *keeper) {
  for (int i = 0; i < 2; i++) {
    tree_discover(&keeper->tree, tree_root(keeper));
    tree_signal(&keeper->tree, SIGSTOP);
  }
  tree_discover(&keeper->tree, tree_root(keeper));
  tree_signal(&keeper->tree, SIGKILL);
}

/* Orphans become our children, and a child that we have not waited for keeps its pid: this can neither miss one for
   ever nor hit a stranger. It is also quick enough for a process that forks and exits all the time. */
static void chase(struct keeper *keeper, double end) {
  struct pids children = {0};
  for (int look = 0; look < LOOKS_A_SWEEP && !keeper->tally.nobody_left && now_ms() < end; look++) {
    own_children(&children);
    for (size_t i = 0; i < children.count; i++) kill(children.list[i], SIGKILL);
    take_in(keeper);
    if (look >= LOOKS_WITHOUT_PAUSE && !keeper->tally.nobody_left) pause_us(200);
  }
  free(children.list);
}

static void empty_namespace(struct keeper *keeper, double end) {
  const double patience = now_ms() + INIT_BOUND_MS;
  bool asked = order_init(keeper, INIT_KILL, 0);
  for (int look = 0; !keeper->tally.nobody_left && now_ms() < end; look++) {
    if (!asked || now_ms() > patience) kill(keeper->spawned.child, SIGKILL);
    take_in(keeper);
    if (!keeper->tally.nobody_left) pause_us(look < LOOKS_WITHOUT_PAUSE ? 50 : 500);
  }
}

/* macOS gives orphans to launchd, so there ECHILD is not the last word. */
static bool anyone_left(struct keeper *keeper) {
#ifdef __APPLE__
  tree_discover(&keeper->tree, tree_root(keeper));
  return !keeper->tally.nobody_left || keeper->tree.count > 0;
#else
  return !keeper->tally.nobody_left;
#endif
}

static size_t count_survivors(struct keeper *keeper) {
  size_t survivors = 0;
  tree_discover(&keeper->tree, tree_root(keeper));
  for (size_t i = 0; i < keeper->tree.count; i++) {
    struct process_facts facts;
    if (process_facts(keeper->tree.members[i].pid, &facts) && facts.state != 'Z' && facts.state != 'X') survivors++;
  }
  /* Someone is there, or wait() would have said so. */
  return survivors > 0 ? survivors : 1;
}

void kill_tree(struct keeper *keeper) {
  const double began = now_ms(), end = began + (double)keeper->arguments.kill_bound_ms;
  take_in(keeper);
  keeper->tally.killing = true;
  while (anyone_left(keeper) && now_ms() < end) {
    outbox_flush(&keeper->outbox);
    cgroups_kill(&keeper->cgroups);
    if (keeper->arguments.pid_namespace) {
      empty_namespace(keeper, end);
    } else {
      sweep(keeper);
      chase(keeper, end);
    }
  }
  keeper->survivors = anyone_left(keeper) ? count_survivors(keeper) : 0;
  keeper->kill_ms = now_ms() - began;
}
