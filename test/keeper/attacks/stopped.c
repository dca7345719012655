#include "attack.h"

/* Leaves a child that has stopped itself. */
int main(void) {
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    raise(SIGSTOP);
    stay();
  }
  int status;
  waitpid(child, &status, WUNTRACED);
  return WIFSTOPPED(status) ? 0 : 1;
}
