/* What the attacking programs share. Each is called with a tag that stays in its command line, whatever else it hides.
 */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024L * 1024L)

static inline void ignore_all_signals(void) {
  for (int number = 1; number < 65; number++) {
    if (number != SIGSEGV && number != SIGBUS) signal(number, SIG_IGN);
  }
}

static inline void close_everything(void) {
  for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
}

static inline void sleep_ms(long milliseconds) {
  const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

/* Bounded, so that an attack that is not contained ends by itself. */
static inline _Noreturn void stay(void) {
  sleep_ms(60000);
  _exit(0);
}

/* In the grandchild: returns. In the child: never. In the caller: returns false when the grandchild is on its own. */
static inline bool detach(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) return true;
    _exit(0);
  }
  wait(NULL);
  return false;
}

static inline double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline long number(int count, char **words, int index, long otherwise) {
  return count > index ? atol(words[index]) : otherwise;
}

/* Touches so many MiB in steps of 2 MiB; a rate of 0 means as fast as it can. */
static inline void fill(char *memory, long mib, double mib_a_second) {
  const double began = seconds();
  for (long done = 0; done < mib; done += 2) {
    memset(memory + done * MIB, 1, (size_t)((mib - done < 2 ? mib - done : 2) * MIB));
    const double due = began + (mib_a_second > 0 ? (double)(done + 2) / mib_a_second : 0);
    if (due > seconds()) sleep_ms((long)((due - seconds()) * 1000));
  }
}
