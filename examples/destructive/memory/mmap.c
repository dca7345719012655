// Anonymous memory by pages: 512 MiB at most.
#include <string.h>
#include <sys/mman.h>

int main(void) {
  for (int i = 0; i < 64; i++) {
    void *part = mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (part == MAP_FAILED) return 1;
    memset(part, 1, 8 << 20);
  }
  return 0;
}
