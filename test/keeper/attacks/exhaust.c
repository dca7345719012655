#include "attack.h"
#include <sys/resource.h>

static long deeper(long depth) {
  volatile char room[4096];
  room[0] = (char)depth;
  return depth > 100000 ? depth : deeper(depth + 1) + room[0];
}

/* exhaust TAG KIND [AMOUNT]: descriptors, stack, cpu (seconds of the clock), work (seconds of the processor), file, children.
   Prints where it was stopped. */
int main(int count, char **words) {
  const char *kind = count > 2 ? words[2] : "";
  const long amount = number(count, words, 3, 1);
  long got = 0;
  if (strcmp(kind, "descriptors") == 0) {
    while (got < amount && open("/dev/null", O_RDONLY) >= 0) got++;
  } else if (strcmp(kind, "stack") == 0) {
    got = deeper(0);
  } else if (strcmp(kind, "cpu") == 0) {
    const double end = seconds() + (double)amount;
    while (seconds() < end) got++;
  } else if (strcmp(kind, "work") == 0) {
    while (clock() / CLOCKS_PER_SEC < amount) got++;
  } else if (strcmp(kind, "file") == 0) {
    static char block[MIB];
    signal(SIGXFSZ, SIG_IGN);
    const int file = open(words[4], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while (got < amount && write(file, block, sizeof block) == (ssize_t)sizeof block) got++;
  } else if (strcmp(kind, "children") == 0) {
    for (pid_t child = 1; got < amount && child > 0; got += child > 0) {
      child = fork();
      if (child == 0) stay();
    }
  }
  printf("got %ld: %s\n", got, got < amount ? strerror(errno) : "all");
  return 0;
}
