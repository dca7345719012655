#include "attack.h"
#include <sys/resource.h>

static double ms(struct timeval time) { return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3; }

/* witness FILE COMMAND...: runs it, and writes down what the kernel counted for it and for what it waited for. */
int main(int count, char **words) {
  if (count < 3) return 2;
  const double began = seconds();
  const pid_t child = fork();
  if (child == 0) {
    execv(words[2], words + 2);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) return 2;
  FILE *file = fopen(words[1], "w");
  if (file == NULL) return 2;
  fprintf(file, "{\"peakBytes\":%ld,\"cpuMs\":%.3f,\"wallMs\":%.3f}\n", usage.ru_maxrss * 1024,
          ms(usage.ru_utime) + ms(usage.ru_stime), (seconds() - began) * 1e3);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
