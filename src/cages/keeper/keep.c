#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "init.h"
#include "keeper.h"
#include "protect.h"
#include "report.h"
#include "signals.h"

#define SURVIVORS_EXIT_CODE 123
/* How long a launcher that does not read may hold up the end. */
#define LAST_WORDS_MS 1000

static void end_because(struct keeper *keeper, enum reason reason) {
  if (keeper->reason == REASON_NONE) keeper->reason = reason;
}

static void obey(void *context, const char *line, size_t length, bool too_long) {
  struct keeper *keeper = context;
  const struct command command = too_long ? (struct command){COMMAND_UNKNOWN, 0} : parse_command(line, length);
  switch (command.kind) {
    case COMMAND_TERM:
      signal_tree(keeper, SIGTERM);
      report_signalled(keeper, SIGTERM);
      return;
    case COMMAND_SIGNAL:
      signal_tree(keeper, command.signal);
      report_signalled(keeper, command.signal);
      return;
    case COMMAND_KILL: end_because(keeper, REASON_COMMAND); return;
    case COMMAND_CENSUS: report_census(keeper); return;
    case COMMAND_USAGE: report_usage(keeper); return;
    case COMMAND_UNKNOWN: report_misunderstood(keeper, line, length, too_long); return;
  }
}

static void hear_launcher(struct keeper *keeper) {
  char bytes[1024];
  const ssize_t count = read(keeper->control, bytes, sizeof bytes);
  if (count > 0) read_lines(&keeper->reader, bytes, (size_t)count, obey, keeper);
  else if (count == 0 || (errno != EAGAIN && errno != EINTR)) end_because(keeper, REASON_LAUNCHER_GONE);
}

static void hear_signals(struct keeper *keeper) {
  static int requests;
  signals_drain();
  for (int fresh = take_end_requests(); fresh > 0; fresh--) {
    /* Whoever asks twice means it. */
    if (++requests > 1) end_because(keeper, REASON_SIGNAL);
    else signal_tree(keeper, SIGTERM);
  }
}

/* Everything of the test is the test's from here on; what stays is how the keeper hears and speaks. */
static void let_go(struct keeper *keeper) {
  const int *wake = signals_descriptors();
  const int kept[] = {keeper->control, wake[0], wake[1], keeper->spawned.init_socket};
  release_descriptors(kept, sizeof kept / sizeof *kept);
}

/* Reads how the launch went: nothing at all means that the command runs. False when it failed. */
static bool hear_launch(struct keeper *keeper) {
  struct failure failure;
  const ssize_t count = read(keeper->spawned.failure_pipe, &failure, sizeof failure);
  if (count < 0) return true;
  close(keeper->spawned.failure_pipe);
  keeper->spawned.failure_pipe = -1;
  const bool namespaced = keeper->arguments.pid_namespace;
  if (count == 0) {
    /* The init does not wait for it before we have its pid. */
    keeper->leader = namespaced ? eldest_child(keeper->spawned.child) : keeper->spawned.child;
    errno = ECHILD;
    if (keeper->leader == 0) fail(&failure, STAGE_NAMESPACE, "the init of the namespace", "ended early");
  }
  if (keeper->leader == 0) {
    report_spawn_failed(keeper, &failure);
    kill_tree(keeper);
    keeper->failed_exit_code = stage_exit_code(&failure);
    return false;
  }
  const struct init_message go = {INIT_REAP, 0};
  if (namespaced && send(keeper->spawned.init_socket, &go, sizeof go, MSG_DONTWAIT) < 0) take_in(keeper);
  keeper->started = true;
  report_started(keeper);
  let_go(keeper);
  return true;
}

/* A whole millisecond more is 2 MiB more at 2 GiB/s, so Linux is asked for fractions of one. */
static int wait_for_any(struct pollfd *descriptors, nfds_t count, double ms) {
#ifdef __linux__
  const struct timespec time = {(time_t)(ms / 1e3), (long)(ms * 1e6) % 1000000000L};
  return ppoll(descriptors, count, &time, NULL);
#else
  return poll(descriptors, count, (int)ms + 1);
#endif
}

static double ms_until(double time, double limit) {
  const double left = time - now_ms();
  return left <= 0 ? 0 : left < limit ? left : limit;
}

static double linger_end(const struct keeper *keeper) {
  const int64_t linger = keeper->arguments.linger_ms;
  return linger == NOT_SET || !keeper->leader_ended ? -1 : keeper->leader_ended_at + (double)linger;
}

static double next_wait(const struct keeper *keeper) {
  double wait = 60000;
  if (keeper->arguments.poll_ms != NOT_SET && keeper->started) wait = ms_until(keeper->watch.next_tick, wait);
  if (linger_end(keeper) >= 0) wait = ms_until(linger_end(keeper), wait);
  return wait;
}

static void watch_memory(struct keeper *keeper) {
  if (keeper->arguments.poll_ms == NOT_SET || !keeper->started || now_ms() < keeper->watch.next_tick) return;
  if (!memory_watch_tick(&keeper->watch, &keeper->tree, tree_root(keeper))) return;
  /* What stands still allocates nothing more while its end is prepared. */
  tree_signal(&keeper->tree, SIGSTOP);
  end_because(keeper, REASON_MEMORY);
  report_over_memory(keeper);
}

static void judge(struct keeper *keeper) {
  if (keeper->tally.nobody_left) end_because(keeper, REASON_EXIT);
  if (!keeper->leader_ended) return;
  if (linger_end(keeper) >= 0 && now_ms() >= linger_end(keeper)) end_because(keeper, REASON_LINGER);
  /* Nobody will ask for what is left. */
  if (keeper->control < 0 && keeper->arguments.linger_ms == NOT_SET) end_because(keeper, REASON_EXIT);
}

/* False when the command could not be started. */
static bool watch_over(struct keeper *keeper) {
  while (keeper->reason == REASON_NONE) {
    struct pollfd ready[] = {
        {.fd = keeper->spawned.failure_pipe, .events = POLLIN},
        {.fd = signals_descriptors()[0], .events = POLLIN},
        {.fd = keeper->control, .events = (short)(POLLIN | (keeper->outbox.length > 0 ? POLLOUT : 0))},
        {.fd = keeper->spawned.init_socket, .events = POLLIN},
    };
    if (wait_for_any(ready, 4, next_wait(keeper)) < 0) memset(ready, 0, sizeof ready);
    /* First, so that "started" comes before "leader-exited". */
    if (ready[0].revents != 0 && !hear_launch(keeper)) return false;
    if (ready[1].revents != 0) hear_signals(keeper);
    if (keeper->started) take_in(keeper);
    if ((ready[2].revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0) hear_launcher(keeper);
    watch_memory(keeper);
    judge(keeper);
    if (keeper->reason == REASON_NONE) outbox_flush(&keeper->outbox);
  }
  return true;
}

/*
 * A launcher that writes to a channel that is closed already loses what it has not read from it. So the channel stays open,
 * and is read from, until the launcher has heard the last word and closes its end.
 */
static void wait_for_goodbye(const struct keeper *keeper) {
  const int64_t patience = keeper->arguments.goodbye_ms;
  if (keeper->control < 0 || patience == NOT_SET) return;
  const double end = now_ms() + (double)patience;
  struct pollfd ready = {.fd = keeper->control, .events = POLLIN};
  char unheard[1024];
  while (wait_for_any(&ready, 1, ms_until(end, 60000)) != 0) {
    const ssize_t count = read(keeper->control, unheard, sizeof unheard);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

static int mirrored_exit_code(const struct keeper *keeper) {
  if (keeper->survivors > 0) return SURVIVORS_EXIT_CODE;
  const int status = keeper->leader_status;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int keep(struct keeper *keeper) {
  struct failure failure;
  keeper->began = now_ms();
  if (keeper->arguments.poll_ms != NOT_SET) {
    be_prompt();
    memory_watch_start(&keeper->watch, &keeper->arguments);
  }
  if (!cgroups_open(&keeper->arguments, &keeper->cgroups, &failure) ||
      !spawn(&keeper->arguments, &keeper->cgroups, &keeper->spawned, &failure)) {
    report_spawn_failed(keeper, &failure);
    outbox_drain(&keeper->outbox, LAST_WORDS_MS);
    wait_for_goodbye(keeper);
    return stage_exit_code(&failure);
  }
  cgroups_close(&keeper->cgroups);
  const bool started = watch_over(keeper);
  if (started) {
    kill_tree(keeper);
    report_done(keeper);
  }
  outbox_drain(&keeper->outbox, LAST_WORDS_MS);
  wait_for_goodbye(keeper);
  return started ? mirrored_exit_code(keeper) : keeper->failed_exit_code;
}
