#include "attack.h"

/* Leaves a daemon behind and kills its own keeper. */
int main(void) {
  const pid_t keeper = getppid();
  if (detach()) {
    ignore_all_signals();
    close_everything();
    stay();
  }
  kill(keeper, SIGKILL);
  sleep_ms(300);
  puts("still here");
  return 0;
}
