#include "attack.h"
#include <sys/mman.h>

/* hog TAG MIB [MIB_A_SECOND [PROCESSES [STAY_MS [huge]]]]: private memory, in one process or shared out over several;
   in huge pages, which cost a five-hundredth of the faults, it is as fast as the machine can clear memory. */
int main(int count, char **words) {
  const long mib = number(count, words, 2, 64), processes = number(count, words, 4, 1);
  const double rate = (double)number(count, words, 3, 0);
  for (long i = 1; i < processes; i++) {
    if (fork() == 0) break;
  }
  char *memory =
      mmap(NULL, (size_t)(mib / processes * MIB), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    printf("refused: %s\n", strerror(errno));
    return 77;
  }
  if (count > 6) madvise(memory, (size_t)(mib / processes * MIB), MADV_HUGEPAGE);
  fill(memory, mib / processes, rate / (double)processes);
  sleep_ms(number(count, words, 5, 0));
  while (wait(NULL) > 0) continue;
  puts("had it all");
  return 0;
}
