#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "borrow.h"
#include "init.h"
#include "rlimits.h"
#include "namespaces.h"
#include "protect.h"
#include "signals.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

struct launch {
  const struct arguments *arguments;
  const struct cgroups *cgroups;
  int failure_pipe, init_socket;
  pid_t keeper;
  uid_t user;
  gid_t group;
  bool user_namespace, born_in_cgroup, born_with_score;
};

static _Noreturn void give_up(const struct launch *launch, const struct failure *failure) {
  /* Shorter than PIPE_BUF, so it arrives whole. */
  if (write(launch->failure_pipe, failure, sizeof *failure) < 0) _exit(120);
  _exit(stage_exit_code(failure));
}

/* The kernel kills us when the keeper dies. If it died before we asked for that, its end of the socket is closed, or we
   have another parent already. */
static void die_with_keeper(const struct launch *launch) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (launch->init_socket >= 0) {
    struct pollfd keeper = {.fd = launch->init_socket, .events = 0};
    if (poll(&keeper, 1, 0) > 0 && (keeper.revents & POLLHUP) != 0) _exit(120);
    return;
  }
#endif
  if (launch->keeper != 0 && getppid() != launch->keeper) _exit(120);
}

static _Noreturn void become_command(const struct launch *launch) {
  struct failure failure;
  char **command = launch->arguments->command;
  /* Its own group: a test that signals "its" group must not reach the keeper or the launcher. */
  setsid();
  if (!cgroups_join(launch->cgroups, launch->born_in_cgroup, &failure)) give_up(launch, &failure);
  struct limits limits = launch->arguments->limits;
  if (launch->born_with_score) limits.oom_score_adj = NOT_SET;
  if (!apply_limits(&limits, &failure)) give_up(launch, &failure);
  signals_give_back();
  execvp(command[0], command);
  fail(&failure, STAGE_EXEC, "exec", command[0]);
  give_up(launch, &failure);
}

static _Noreturn void become_init(struct launch *launch) {
  struct failure failure;
  const pid_t leader = cgroups_fork(launch->cgroups, &launch->born_in_cgroup);
  if (leader < 0) {
    fail(&failure, STAGE_SPAWN, "fork", "");
    give_up(launch, &failure);
  }
  if (leader == 0) {
    unprotect_fork();
    unprotect_child();
    become_command(launch);
  }
#ifdef __linux__
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
  live_as_init(leader, launch->init_socket);
}

static _Noreturn void live_as_child(struct launch *launch, int keepers_socket) {
  const struct arguments *arguments = launch->arguments;
  struct failure failure;
  if (keepers_socket >= 0) close(keepers_socket);
  unprotect_child();
  if (wants_namespaces(arguments)) {
    if (!arguments->pid_namespace && !namespaces_enter(arguments, &launch->user_namespace, &failure)) {
      give_up(launch, &failure);
    }
    if (!namespaces_set_up(arguments, launch->user_namespace, launch->user, launch->group, &failure)) {
      give_up(launch, &failure);
    }
  }
  die_with_keeper(launch);
  if (arguments->pid_namespace) become_init(launch);
  become_command(launch);
}

static int run_in_borrowed_memory(void *word) { live_as_child(word, -1); }

/* A libc may copy all words to its stack when it starts a script. */
#define MOST_WORDS 1024

static bool few_words(char *const *words) {
  for (size_t i = 0; i <= MOST_WORDS; i++) {
    if (words[i] == NULL) return true;
  }
  return false;
}

static pid_t start_in_borrowed_memory(struct launch *launch) {
  const struct arguments *arguments = launch->arguments;
  if (wants_namespaces(arguments) || !few_words(arguments->command)) return -1;
  if (!lend_score(arguments->limits.oom_score_adj)) return -1;
  launch->born_with_score = true;
  const pid_t child = borrow_memory(launch->cgroups, &launch->born_in_cgroup, run_in_borrowed_memory, launch);
  take_score_back();
  launch->born_with_score = child > 0;
  return child;
}

static pid_t start(struct launch *launch, int keepers_socket) {
  const struct arguments *arguments = launch->arguments;
  pid_t child = start_in_borrowed_memory(launch);
  if (child > 0) return child;
  child = arguments->pid_namespace ? namespaces_fork(arguments, &launch->user_namespace)
                                   : cgroups_fork(launch->cgroups, &launch->born_in_cgroup);
  if (child == 0) {
    unprotect_fork();
    live_as_child(launch, keepers_socket);
  }
  return child;
}

static bool close_on_exec(int descriptor) { return fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0; }

static bool open_channels(const struct arguments *arguments, int pipe_ends[2], int sockets[2]) {
  sockets[0] = sockets[1] = -1;
  if (pipe(pipe_ends) != 0 || !close_on_exec(pipe_ends[0]) || !close_on_exec(pipe_ends[1])) return false;
#ifdef __linux__
  if (arguments->pid_namespace) return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0;
#else
  (void)arguments;
#endif
  return true;
}

bool spawn(const struct arguments *arguments, const struct cgroups *cgroups, struct spawned *spawned,
           struct failure *failure) {
  int pipe_ends[2], sockets[2];
  if (!open_channels(arguments, pipe_ends, sockets)) return fail(failure, STAGE_SPAWN, "pipe", "");
  struct launch launch = {.arguments = arguments,
                          .cgroups = cgroups,
                          .failure_pipe = pipe_ends[1],
                          .init_socket = sockets[1],
                          .keeper = getpid(),
                          .user = geteuid(),
                          .group = getegid()};
  /* A signal that arrives for the child before it is the command must wait for the command. */
  signals_hold();
  const pid_t child = start(&launch, sockets[0]);
  const int error = errno;
  signals_resume();
  errno = error;
  if (child < 0) {
    return arguments->pid_namespace ? fail(failure, STAGE_NAMESPACE, "clone", "into new namespaces")
                                    : fail(failure, STAGE_SPAWN, "fork", "");
  }
  close(pipe_ends[1]);
  if (sockets[1] >= 0) close(sockets[1]);
  *spawned = (struct spawned){.child = child, .failure_pipe = pipe_ends[0], .init_socket = sockets[0]};
  return true;
}
