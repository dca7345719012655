#include "attack.h"
#include <sys/mman.h>

/* Every process forks two more until so many have been made. */
int main(int count, char **words) {
  const long most = number(count, words, 2, 150);
  int *made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (fork() > 0) {
    /* A busy machine takes its time over so many; where they are capped there are never so many. */
    for (int waited = 0; waited < 600 && (waited < 60 || *made < most); waited += 20) sleep_ms(20);
    printf("made %d\n", *made);
    return 0;
  }
  setsid();
  ignore_all_signals();
  for (int tries = 0; tries < 2000; tries++) {
    if (__atomic_add_fetch(made, 1, __ATOMIC_SEQ_CST) > most) break;
    if (fork() < 0) {
      __atomic_sub_fetch(made, 1, __ATOMIC_SEQ_CST);
      /* A fork that fails takes kernel memory until the next grace period of RCU: more often, and the cap on memory ends it first. */
      sleep_ms(10);
    }
  }
  stay();
}
