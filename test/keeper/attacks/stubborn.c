#include "attack.h"

/* Stays, whatever it is told. */
int main(void) {
  ignore_all_signals();
  puts("here");
  fflush(stdout);
  stay();
}
