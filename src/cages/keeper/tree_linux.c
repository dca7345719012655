#ifdef __linux__
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tree.h"

static ssize_t read_text(const char *path, char *text, size_t size) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  const ssize_t length = read(file, text, size - 1);
  close(file);
  if (length >= 0) text[length] = '\0';
  return length;
}

static bool is_pid(const char *name) { return *name >= '1' && *name <= '9'; }

/* Children hang on the thread that forked them. */
static bool add_children(struct pids *found, pid_t parent) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", parent);
  DIR *threads = opendir(path);
  if (threads == NULL) return false;
  bool readable = true;
  const struct dirent *thread;
  while ((thread = readdir(threads)) != NULL) {
    if (!is_pid(thread->d_name)) continue;
    char children[96];
    snprintf(children, sizeof children, "/proc/%d/task/%.16s/children", parent, thread->d_name);
    readable = pids_read(found, children) && readable;
  }
  closedir(threads);
  return readable;
}

bool process_facts(pid_t pid, struct process_facts *facts) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  if (read_text(path, text, sizeof text) <= 0) return false;
  /* A name may hold blanks and brackets itself: it ends at the last one. */
  const char *open = strchr(text, '(');
  char *close = strrchr(text, ')');
  if (open == NULL || close == NULL) return false;
  memset(facts, 0, sizeof *facts);
  *close = '\0';
  snprintf(facts->name, sizeof facts->name, "%s", open + 1);
  unsigned long user, system;
  long children_user, children_system, resident;
  unsigned long long start;
  if (sscanf(close + 2, "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %*d %*d %llu %*u %ld",
             &facts->state, &facts->parent, &user, &system, &children_user, &children_system, &start, &resident) != 8) {
    return false;
  }
  const double tick_ms = 1000.0 / (double)sysconf(_SC_CLK_TCK);
  facts->start = start;
  facts->cpu_ms = ((double)user + (double)system + (double)children_user + (double)children_system) * tick_ms;
  facts->resident_bytes = (int64_t)resident * sysconf(_SC_PAGESIZE);
  return true;
}

size_t process_command(pid_t pid, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  ssize_t length = read_text(path, text, size);
  while (length > 0 && text[length - 1] == '\0') length--;
  for (ssize_t i = 0; i < length; i++) {
    if (text[i] == '\0') text[i] = ' ';
  }
  return length > 0 ? (size_t)length : 0;
}

/* Without CONFIG_PROC_CHILDREN: every process of the machine, by its parent. */
static bool add_by_parent(struct pids *found, pid_t parent) {
  DIR *folder = opendir("/proc");
  if (folder == NULL) return false;
  const struct dirent *entry;
  while ((entry = readdir(folder)) != NULL) {
    struct process_facts facts;
    const pid_t pid = is_pid(entry->d_name) ? atoi(entry->d_name) : 0;
    if (pid > 1 && process_facts(pid, &facts) && facts.parent == parent) pids_add(found, pid);
  }
  closedir(folder);
  return true;
}

static bool kernel_lists_children(void) {
  static int known = -1;
  if (known < 0) known = access("/proc/thread-self/children", R_OK) == 0;
  return known == 1;
}

static bool children_of(struct pids *found, pid_t parent) {
  return kernel_lists_children() ? add_children(found, parent) : add_by_parent(found, parent);
}

bool tree_discover(struct tree *tree, pid_t root) {
  struct pids *found = &tree->found;
  found->count = 0;
  if (!children_of(found, root)) return false;
  /* The list grows while it is walked; a child that has ended meanwhile has no children left to list. */
  for (size_t i = 0; i < found->count; i++) children_of(found, found->list[i]);
  pids_sort(found);
  tree_adopt(tree, found);
  return true;
}

bool own_children(struct pids *children) {
  children->count = 0;
  return kernel_lists_children() ? pids_read(children, "/proc/thread-self/children")
                                 : add_by_parent(children, getpid());
}

pid_t eldest_child(pid_t parent) {
  struct pids children = {0};
  children_of(&children, parent);
  const pid_t child = children.count > 0 ? children.list[0] : 0;
  free(children.list);
  return child;
}
#else
typedef int elsewhere_than_linux;
#endif
