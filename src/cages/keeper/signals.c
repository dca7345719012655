#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* A pipe instead of signalfd, because macOS has no signalfd. */
static int wake[2] = {-1, -1};
static volatile sig_atomic_t end_requests;

static const int handled[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
#define HANDLED (sizeof handled / sizeof *handled)
static struct sigaction inherited_actions[HANDLED];
static sigset_t inherited_mask, own_mask;

static void on_signal(int signal) {
  const int saved = errno;
  if (signal != SIGCHLD) end_requests++;
  if (write(wake[1], "", 1) < 0) {
    /* A full pipe is awake already. */
  }
  errno = saved;
}

bool signals_take(void) {
  if (pipe(wake) != 0) return false;
  for (int i = 0; i < 2; i++) {
    if (fcntl(wake[i], F_SETFD, FD_CLOEXEC) < 0 || fcntl(wake[i], F_SETFL, O_NONBLOCK) < 0) return false;
  }
  struct sigaction action = {0};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  sigfillset(&action.sa_mask);
  for (size_t i = 0; i < HANDLED; i++) sigaction(handled[i], &action, &inherited_actions[i]);
  sigfillset(&own_mask);
  for (size_t i = 0; i < HANDLED; i++) sigdelset(&own_mask, handled[i]);
  return sigprocmask(SIG_SETMASK, &own_mask, &inherited_mask) == 0;
}

void signals_hold(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}

void signals_resume(void) { sigprocmask(SIG_SETMASK, &own_mask, NULL); }

void signals_give_back(void) {
  for (size_t i = 0; i < HANDLED; i++) sigaction(handled[i], &inherited_actions[i], NULL);
  sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
}

const int *signals_descriptors(void) { return wake; }

void signals_drain(void) {
  char bytes[256];
  while (read(wake[0], bytes, sizeof bytes) > 0) continue;
}

int take_end_requests(void) {
  /* The handler alone writes the counter, so that no request is lost between reading and clearing. */
  static int taken;
  const int total = end_requests, fresh = total - taken;
  taken = total;
  return fresh;
}
