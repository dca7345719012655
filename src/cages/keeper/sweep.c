/* What is left of a launcher's cages when it was killed together with all of its keepers. */
#include "sweep.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "clock.h"
#include "pids.h"
#include "protect.h"

#define SURVIVORS_EXIT_CODE 123
#define PATIENCE_MS 10000

/* True when everything was done that is to be done in this group. */
typedef bool visit(const char *folder);

/* The groups below it first, because only an empty one can be removed. The path is one for all depths: a test may have
   nested its groups deeper than the stack is. */
static bool visit_all(char path[PATH_MAX], size_t length, visit *visit_one) {
  DIR *entries = opendir(path);
  if (entries == NULL && errno == ENOENT) return true;
  /* A test may have closed a group that it made to everyone, its owner among them. */
  if (entries == NULL && chmod(path, 0755) == 0) entries = opendir(path);
  if (entries == NULL) return false;
  bool done = true;
  const struct dirent *entry;
  while ((entry = readdir(entries)) != NULL) {
    const size_t below = length + 1 + strlen(entry->d_name);
    if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (below >= PATH_MAX - 32) continue;
    path[length] = '/';
    strcpy(path + length + 1, entry->d_name);
    if (!visit_all(path, below, visit_one)) done = false;
    path[length] = '\0';
  }
  closedir(entries);
  return visit_one(path) && done;
}

static bool visit_groups(const struct arguments *arguments, visit *visit_one) {
  static char path[PATH_MAX];
  bool done = true;
  for (size_t i = 0; i < arguments->sweep_count; i++) {
    strcpy(path, arguments->sweeps[i]);
    if (!visit_all(path, strlen(path), visit_one)) done = false;
  }
  return done;
}

static bool is_empty(const char *folder) {
  char path[PATH_MAX];
  struct pids pids = {0};
  if (snprintf(path, sizeof path, "%s/cgroup.procs", folder) >= (int)sizeof path) return false;
  const bool read = pids_read(&pids, path);
  const bool empty = pids.count == 0;
  free(pids.list);
  return empty && (read || access(folder, F_OK) != 0);
}

static bool end_group(const char *folder) {
  if (is_empty(folder)) return true;
  cgroup_kill(folder);
  return false;
}

static bool remove_group(const char *folder) { return rmdir(folder) == 0 || errno == ENOENT; }

int sweep(const struct arguments *arguments) {
  const int control = (int)arguments->control;
  const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  protect_self();
  release_descriptors(&control, 1);
  char unheard[256];
  ssize_t count;
  while ((count = read(control, unheard, sizeof unheard)) != 0) {
    if (count > 0 || errno == EINTR) continue;
    if (errno != EAGAIN) break;
    struct pollfd ready = {.fd = control, .events = POLLIN};
    poll(&ready, 1, -1);
  }
  const double began = now_ms();
  while (!visit_groups(arguments, end_group) || !visit_groups(arguments, remove_group)) {
    if (now_ms() > began + PATIENCE_MS) return SURVIVORS_EXIT_CODE;
    poll(NULL, 0, 2);
  }
  return 0;
}
