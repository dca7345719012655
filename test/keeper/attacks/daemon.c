#include "attack.h"

/* Forks twice, leads its own session, closes every descriptor and ignores every signal. */
int main(void) {
  if (!detach()) return 0;
  ignore_all_signals();
  if (chdir("/") != 0) return 1;
  close_everything();
  stay();
}
