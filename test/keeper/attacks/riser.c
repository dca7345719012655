#include "attack.h"

/* Installed setuid root by the test: becomes a process that an ordinary keeper may not kill. Bounded by time. */
int main(void) {
  if (setuid(0) != 0) return 1;
  if (detach()) {
    close_everything();
    sleep_ms(4000);
  }
  return 0;
}
