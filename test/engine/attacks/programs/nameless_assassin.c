#include "attack.h"

/* Kills its own keeper while a daemon whose environment is empty is there. */
int main(int count, char **words) {
  if (count > 2) {
    ignore_all_signals();
    close_everything();
    sleep_ms(20000);
    return 0;
  }
  const pid_t keeper = getppid();
  if (detach()) {
    char *arguments[] = {words[0], words[1], "again", NULL}, *nothing[] = {NULL};
    execve("/proc/self/exe", arguments, nothing);
    _exit(1);
  }
  sleep_ms(50);
  kill(keeper, SIGKILL);
  sleep_ms(300);
  puts("still here");
  return 0;
}
