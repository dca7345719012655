#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "init.h"
#include "keeper.h"
#include "report.h"

#ifndef __WALL
#define __WALL 0
#endif

static void leader_ended(struct keeper *keeper, int status) {
  if (keeper->leader_ended) return;
  keeper->leader_ended = true;
  keeper->leader_status = status;
  keeper->leader_ended_at = now_ms();
  if (keeper->started) report_leader_exited(keeper);
}

static void hear_init(struct keeper *keeper) {
  struct init_message message;
  while (keeper->spawned.init_socket >= 0 &&
         recv(keeper->spawned.init_socket, &message, sizeof message, MSG_DONTWAIT) == sizeof message) {
    switch ((enum init_news)message.kind) {
      case INIT_LEADER_ENDED: leader_ended(keeper, message.value); break;
      case INIT_KILLED: keeper->tally.killed += (uint64_t)message.value; break;
      case INIT_REAPED:
        keeper->tally.reaped += (uint64_t)message.value;
        keeper->init_ended = true;
        break;
    }
  }
}

static void child_ended(struct keeper *keeper, int status) {
  if (!keeper->arguments.pid_namespace) {
    leader_ended(keeper, status);
    return;
  }
  /* Its last words are in the socket already. An init that was killed has none: the kernel killed its whole namespace.
   */
  hear_init(keeper);
  keeper->tally.cpu_incomplete = !keeper->init_ended;
  keeper->init_ended = true;
  leader_ended(keeper, status);
}

void take_in(struct keeper *keeper) {
  hear_init(keeper);
  for (;;) {
    int status;
    const pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) keeper->tally.nobody_left = errno == ECHILD;
    if (pid <= 0) return;
    const bool is_init = keeper->arguments.pid_namespace && pid == keeper->spawned.child;
    if (!is_init) {
      keeper->tally.reaped++;
      if (keeper->tally.killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) keeper->tally.killed++;
    }
    if (pid == keeper->spawned.child) child_ended(keeper, status);
  }
}
