#include "pids.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* More processes than this in one cage are not worth the memory to name: the kill loop finds them in turns. */
#define MOST_PIDS 65536

bool pids_add(struct pids *pids, pid_t pid) {
  if (pids->count == pids->capacity) {
    const size_t capacity = pids->capacity == 0 ? 64 : pids->capacity * 2;
    if (capacity > MOST_PIDS) return false;
    pid_t *list = realloc(pids->list, capacity * sizeof *list);
    if (list == NULL) return false;
    pids->list = list;
    pids->capacity = capacity;
  }
  pids->list[pids->count++] = pid;
  return true;
}

static int by_number(const void *left, const void *right) {
  const pid_t a = *(const pid_t *)left, b = *(const pid_t *)right;
  return (a > b) - (a < b);
}

void pids_sort(struct pids *pids) {
  if (pids->count < 2) return;
  qsort(pids->list, pids->count, sizeof *pids->list, by_number);
  size_t kept = 1;
  for (size_t i = 1; i < pids->count; i++) {
    if (pids->list[i] != pids->list[kept - 1]) pids->list[kept++] = pids->list[i];
  }
  pids->count = kept;
}

bool pids_read(struct pids *pids, const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char bytes[4096];
  ssize_t count;
  long number = 0;
  while ((count = read(file, bytes, sizeof bytes)) > 0) {
    for (ssize_t i = 0; i < count; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        number = number * 10 + (bytes[i] - '0');
      } else {
        /* 0 and 1 are never ours: 0 means "outside of this namespace" and 1 is the machine's init. */
        if (number > 1) pids_add(pids, (pid_t)number);
        number = 0;
      }
    }
  }
  if (number > 1) pids_add(pids, (pid_t)number);
  close(file);
  return count == 0;
}
