#ifdef __linux__
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "memory_watch.h"

int64_t statm_error_bytes(void) {
  static int64_t bytes;
  if (bytes == 0) {
    const int64_t processors = sysconf(_SC_NPROCESSORS_ONLN);
    const int64_t batch = processors * 2 > 32 ? processors * 2 : 32;
    bytes = processors * batch * sysconf(_SC_PAGESIZE);
  }
  return bytes;
}

static bool read_statm(int file, struct footprint *footprint) {
  char text[128];
  long size, resident, shared;
  const ssize_t length = pread(file, text, sizeof text - 1, 0);
  if (length <= 0) return false;
  text[length] = '\0';
  /* A zombie has no memory at all: it says 0 everywhere. */
  if (sscanf(text, "%ld %ld %ld", &size, &resident, &shared) != 3 || size == 0) return false;
  const int64_t page = sysconf(_SC_PAGESIZE);
  footprint->private_bytes = (resident > shared ? resident - shared : 0) * page;
  footprint->shared_bytes = 0;
  return true;
}

bool sample_member(struct member *member, struct footprint *footprint) {
  if (member->statm >= 0) return read_statm(member->statm, footprint);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/statm", member->pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  /* Some descriptors must stay free for everything else. */
  if (file < 60000) member->statm = file;
  const bool read = read_statm(file, footprint);
  if (member->statm < 0) close(file);
  return read;
}

static int64_t kib_after(const char *text, const char *name) {
  const char *line = strstr(text, name);
  return line == NULL ? -1 : strtoll(line + strlen(name), NULL, 10) * 1024;
}

static bool read_proc(pid_t pid, const char *name, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t length = read(file, text, size - 1);
  close(file);
  text[length > 0 ? length : 0] = '\0';
  return length > 0;
}

bool measure_member(const struct member *member, struct footprint *footprint) {
  char text[4096];
  if (!read_proc(member->pid, "smaps_rollup", text, sizeof text)) return false;
  const int64_t anonymous = kib_after(text, "\nPss_Anon:"), shared = kib_after(text, "\nPss_Shmem:");
  /* Kernels before 5.4 do not divide the share by kind. */
  footprint->private_bytes = anonymous >= 0 ? anonymous : kib_after(text, "\nPrivate_Dirty:");
  footprint->shared_bytes = shared >= 0 ? shared : 0;
  return footprint->private_bytes >= 0;
}

/* One inode is counted once, however many processes hold it. */
#define MOST_INODES 256
#define MOST_DESCRIPTORS 2048

struct inodes {
  struct {
    dev_t device;
    ino_t inode;
  } seen[MOST_INODES];
  size_t count, looked_at;
};

static bool is_new(struct inodes *inodes, const struct stat *facts) {
  for (size_t i = 0; i < inodes->count; i++) {
    if (inodes->seen[i].inode == facts->st_ino && inodes->seen[i].device == facts->st_dev) return false;
  }
  if (inodes->count == MOST_INODES) return false;
  inodes->seen[inodes->count].device = facts->st_dev;
  inodes->seen[inodes->count++].inode = facts->st_ino;
  return true;
}

static int64_t held_by(int folder, const char *descriptor, struct inodes *inodes, time_t since) {
  char target[32];
  struct stat facts;
  const ssize_t length = readlinkat(folder, descriptor, target, sizeof target - 1);
  if (length <= 0) return 0;
  target[length] = '\0';
  if (strncmp(target, "/memfd:", 7) != 0 && strncmp(target, "/dev/shm/", 9) != 0) return 0;
  if (fstatat(folder, descriptor, &facts, 0) != 0 || !S_ISREG(facts.st_mode)) return 0;
  if (facts.st_mtime < since || !is_new(inodes, &facts)) return 0;
  return (int64_t)facts.st_blocks * 512;
}

static int64_t shared_files_of(pid_t pid, struct inodes *inodes, time_t since) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *folder = opendir(path);
  if (folder == NULL) return 0;
  int64_t bytes = 0;
  const struct dirent *entry;
  while ((entry = readdir(folder)) != NULL && inodes->looked_at < MOST_DESCRIPTORS) {
    if (entry->d_name[0] == '.') continue;
    inodes->looked_at++;
    bytes += held_by(dirfd(folder), entry->d_name, inodes, since);
  }
  closedir(folder);
  return bytes;
}

struct shared_memory survey_shared_memory(const struct tree *tree, time_t since) {
  static struct inodes inodes;
  inodes.count = inodes.looked_at = 0;
  struct shared_memory shared = {0, 0};
  for (size_t i = 0; i < tree->count; i++) {
    char text[4096];
    const int64_t mapped =
        read_proc(tree->members[i].pid, "status", text, sizeof text) ? kib_after(text, "\nRssShmem:") : 0;
    if (mapped > 0) shared.mapped_bytes += mapped;
    shared.file_bytes += shared_files_of(tree->members[i].pid, &inodes, since);
  }
  return shared;
}
#else
typedef int elsewhere_than_linux;
#endif
