// Four children of 96 MiB each: none is too large alone, and together they are 384 MiB.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  for (int child = 0; child < 4; child++) {
    if (fork() == 0) {
      char *own = malloc(96 << 20);
      if (own == 0) _exit(1);
      memset(own, 1, 96 << 20);
      sleep(2);
      _exit(0);
    }
  }
  int status, failed = 0;
  while (wait(&status) > 0) failed |= status;
  return failed != 0;
}
