#include "attack.h"

/* A grandchild keeps standard output and the event pipe open. */
int main(void) {
  puts("out");
  fflush(stdout);
  if (!detach()) return 0;
  ignore_all_signals();
  stay();
}
