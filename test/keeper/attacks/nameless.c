#include "attack.h"

/* The same, and then starts itself anew with an empty environment: no cookie finds it. */
int main(int count, char **words) {
  if (count > 2) stay();
  if (!detach()) return 0;
  ignore_all_signals();
  close_everything();
  char *arguments[] = {words[0], words[1], "again", NULL}, *nothing[] = {NULL};
  execve("/proc/self/exe", arguments, nothing);
  return 1;
}
