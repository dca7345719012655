#include "attack.h"

/* flood TAG MIB: so much on standard output, as fast as it is read. */
int main(int count, char **words) {
  static char block[MIB];
  memset(block, 'x', sizeof block);
  for (long left = number(count, words, 2, 1024) * MIB; left > 0;) {
    const ssize_t written = write(1, block, sizeof block);
    if (written <= 0) return 1;
    left -= written;
  }
  return 0;
}
