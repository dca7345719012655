#include "attack.h"

/* Leaves a process that never waits for its dead children. */
int main(int count, char **words) {
  if (!detach()) {
    sleep_ms(50);
    return 0;
  }
  for (long i = number(count, words, 2, 100); i > 0; i--) {
    if (fork() == 0) _exit(0);
  }
  stay();
}
