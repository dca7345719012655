#include "attack.h"
#include <sys/mman.h>

/* forked_copy TAG MIB PROCESSES: one block of memory that all children still share with their parent. */
int main(int count, char **words) {
  const long mib = number(count, words, 2, 64);
  char *memory = mmap(NULL, (size_t)(mib * MIB), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fill(memory, mib, 0);
  for (long i = number(count, words, 3, 8); i > 0; i--) {
    if (fork() == 0) {
      sleep_ms(700);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) continue;
  puts("had it all");
  return 0;
}
