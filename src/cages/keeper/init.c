#define _GNU_SOURCE
#include "init.h"

#ifdef __linux__
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protect.h"

struct init {
  pid_t leader;
  int socket;
  bool may_reap, killing;
  int32_t reaped, killed;
};

static void tell(const struct init *init, enum init_news kind, int32_t value) {
  const struct init_message message = {kind, value};
  if (send(init->socket, &message, sizeof message, MSG_NOSIGNAL) < 0) {
    /* The keeper is gone, and its death signal is on its way to us. */
  }
}

static void obey(struct init *init) {
  struct init_message message;
  const ssize_t length = recv(init->socket, &message, sizeof message, MSG_DONTWAIT);
  if (length == 0) _exit(0);
  if (length != sizeof message) return;
  switch ((enum init_order)message.kind) {
    case INIT_REAP: init->may_reap = true; return;
    /* kill(-1) reaches everyone in this namespace but us in one step, so that no fork can slip through. */
    case INIT_SIGNAL: kill(-1, message.value); return;
    case INIT_KILL:
      init->may_reap = init->killing = true;
      kill(-1, SIGKILL);
      return;
  }
}

static void reap(struct init *init) {
  for (;;) {
    int status;
    const pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid == 0) return;
    if (pid < 0) {
      tell(init, INIT_KILLED, init->killed);
      tell(init, INIT_REAPED, init->reaped);
      _exit(0);
    }
    init->reaped++;
    if (init->killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) init->killed++;
    if (pid == init->leader) tell(init, INIT_LEADER_ENDED, status);
  }
}

void live_as_init(pid_t leader, int socket) {
  struct init init = {.leader = leader, .socket = socket};
  /* Signals from inside stay blocked for ever: only the keeper gives orders. */
  sigset_t all, child;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  if (children < 0) _exit(120);
  const int kept[] = {socket, children};
  release_descriptors(kept, 2);
  for (;;) {
    struct pollfd ready[] = {{.fd = socket, .events = POLLIN}, {.fd = init.may_reap ? children : -1, .events = POLLIN}};
    if (poll(ready, 2, -1) < 0) continue;
    if (ready[0].revents != 0) obey(&init);
    struct signalfd_siginfo news;
    while (init.may_reap && read(children, &news, sizeof news) == sizeof news) continue;
    if (init.may_reap) reap(&init);
  }
}
#else
#include <unistd.h>

void live_as_init(pid_t leader, int socket) {
  (void)leader, (void)socket;
  _exit(120);
}
#endif
