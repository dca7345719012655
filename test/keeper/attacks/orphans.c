#include "attack.h"

/* Leaves so many orphans, each in a session of its own. */
int main(int count, char **words) {
  for (long i = number(count, words, 2, 8); i > 0; i--) {
    if (fork() != 0) continue;
    setsid();
    ignore_all_signals();
    stay();
  }
  return 0;
}
