// A file without a name that lives in memory, written and never mapped: 512 MiB at most.
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char block[1 << 20];

int main(void) {
  int file = memfd_create("hog", 0);
  memset(block, 1, sizeof block);
  for (int i = 0; i < 512; i++) {
    if (write(file, block, sizeof block) < 0) return 1;
  }
  return 0;
}
