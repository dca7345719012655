#include "attack.h"
#include <sys/mman.h>

/* forked_copy TAG MIB PROCESSES [chain]: one block of memory that all children still share with their parent; in a chain
   each child is forked by the one before it. */
int main(int count, char **words) {
  const long mib = number(count, words, 2, 64);
  char *memory = mmap(NULL, (size_t)(mib * MIB), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fill(memory, mib, 0);
  const bool chain = count > 4;
  const pid_t eldest = getpid();
  for (long i = number(count, words, 3, 8); i > 0; i--) {
    if (chain && fork() != 0) break;
    if (chain) {
      sleep_ms(50);
    } else if (fork() == 0) {
      sleep_ms(700);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) continue;
  if (getpid() == eldest) puts("had it all");
  return 0;
}
