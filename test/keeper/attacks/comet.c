#include "attack.h"

/* Forks and exits for ever: its pid never stands still. Bounded by time. */
int main(void) {
  if (!detach()) {
    sleep_ms(20);
    return 0;
  }
  ignore_all_signals();
  close_everything();
  const double end = seconds() + 20;
  while (seconds() < end) {
    const pid_t child = fork();
    if (child > 0) _exit(0);
    if (child < 0) sleep_ms(1);
    usleep(200);
  }
  return 0;
}
