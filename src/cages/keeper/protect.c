#include "protect.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arguments.h"

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static struct rlimit inherited_open_files;

#ifdef __linux__
#define LOWERED_SCORE "-900"

/* Kept open: the files in /proc/self of an undumpable process belong to root. */
static int score_file = -1;
static char inherited_score[16];
static bool score_lowered;

static bool write_score(const char *score) {
  const size_t length = strlen(score);
  return score_file >= 0 && pwrite(score_file, score, length, 0) == (ssize_t)length;
}

static void lower_score(void) {
  score_file = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (score_file < 0 || read(score_file, inherited_score, sizeof inherited_score - 1) <= 0) return;
  /* Only a privileged user may lower it; everyone may raise it, and undo that. */
  score_lowered = write_score(LOWERED_SCORE);
}
#endif

#ifdef __linux__
/* As the kernel reads it; not every libc declares it. */
struct scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};
#define ORDINARY_POLICY 0
#define RESET_ON_FORK 1
/* The shortest there is: whoever asks for little is let in before those who compute (Linux 6.12; others ignore it). */
#define SLICE_NS 100000

void be_prompt(void) {
  struct scheduling now = {0};
  if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) != 0) return;
  /* A fork resets what is better than usual, and whoever started us may have wanted the test to have it. */
  if (now.policy != ORDINARY_POLICY || now.nice < 0) return;
  struct scheduling wanted = {
      .size = sizeof wanted, .flags = RESET_ON_FORK, .nice = now.nice == 0 ? -10 : now.nice, .runtime = SLICE_NS};
  if (syscall(SYS_sched_setattr, 0, &wanted, 0) == 0) return;
  /* Only a privileged user may be less nice. */
  wanted.nice = now.nice;
  syscall(SYS_sched_setattr, 0, &wanted, 0);
}
#else
void be_prompt(void) {}
#endif

void protect_self(void) {
  /* Out of the terminal's foreground group: Ctrl-C is the launcher's to judge. */
  setsid();
  if (getrlimit(RLIMIT_NOFILE, &inherited_open_files) == 0) {
    const struct rlimit most = {inherited_open_files.rlim_max, inherited_open_files.rlim_max};
    setrlimit(RLIMIT_NOFILE, &most);
  }
#ifdef __linux__
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  lower_score();
  /* Not dumpable: a test of the same user can neither trace the keeper nor take its control socket by pidfd_getfd. */
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

bool lend_score(int64_t score) {
#ifdef __linux__
  if (inherited_score[0] == '\0') return false;
  if (score == NOT_SET) return !score_lowered || write_score(inherited_score);
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)score);
  return write_score(text);
#else
  (void)score;
  return false;
#endif
}

void take_score_back(void) {
#ifdef __linux__
  write_score(score_lowered ? LOWERED_SCORE : inherited_score);
#endif
}

void unprotect_fork(void) {
#ifdef __linux__
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (!score_lowered) return;
  /* The descriptor is a file of its parent. */
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, inherited_score, strlen(inherited_score)) > 0) score_lowered = false;
  close(file);
#endif
}

void unprotect_child(void) {
  if (inherited_open_files.rlim_max > 0) setrlimit(RLIMIT_NOFILE, &inherited_open_files);
}

void occupy_standard_descriptors(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    /* open() takes the lowest free number. */
    if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_CLOEXEC) < 0) return;
  }
}

static bool is_kept(int descriptor, const int *kept, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (kept[i] == descriptor) return true;
  }
  return false;
}

#define CHANNEL_OF_EVENTS 3
#define ONLY_ON_EXEC 4

void seclude_descriptors(void) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, CHANNEL_OF_EVENTS + 1, ~0U, ONLY_ON_EXEC) == 0) return;
#endif
  /* Linux before 5.11, and macOS. */
  DIR *folder = opendir("/dev/fd");
  if (folder == NULL) return;
  const struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    const int descriptor = atoi(entry->d_name);
    if (descriptor > CHANNEL_OF_EVENTS) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  closedir(folder);
}

static void close_listed(const int *kept, size_t count) {
  DIR *folder = opendir("/dev/fd");
  if (folder == NULL) return;
  const struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    const int descriptor = atoi(entry->d_name);
    if (descriptor > 2 && descriptor != dirfd(folder) && !is_kept(descriptor, kept, count)) close(descriptor);
  }
  closedir(folder);
}

#if defined(__linux__) && defined(SYS_close_range)
static bool close_ranges(const int *kept, size_t count) {
  unsigned first = 3;
  for (;;) {
    unsigned next = ~0U;
    for (size_t i = 0; i < count; i++) {
      if (kept[i] >= (int)first && (unsigned)kept[i] < next) next = (unsigned)kept[i];
    }
    if (next > first && syscall(SYS_close_range, first, next == ~0U ? next : next - 1, 0) != 0) return false;
    if (next == ~0U) return true;
    first = next + 1;
  }
}
#else
static bool close_ranges(const int *kept, size_t count) {
  (void)kept;
  (void)count;
  return false;
}
#endif

void release_descriptors(const int *kept, size_t count) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int descriptor = 0; descriptor < 3 && nothing >= 0; descriptor++) dup2(nothing, descriptor);
  if (nothing > 2) close(nothing);
  if (!close_ranges(kept, count)) close_listed(kept, count);
}
