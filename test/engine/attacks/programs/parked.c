#include "attack.h"

/* parked TAG MIB: memory in files of 16 MiB in /dev/shm, each closed before the next is written. */
int main(int count, char **words) {
  static char block[MIB];
  const long mib = number(count, words, 2, 256);
  for (long done = 0; done < mib;) {
    char path[256];
    snprintf(path, sizeof path, "/dev/shm/%s.%ld", words[1], done);
    const int file = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 16; i++, done++) {
      if (write(file, block, sizeof block) != (ssize_t)sizeof block) return 78;
    }
    close(file);
    sleep_ms(10);
  }
  sleep_ms(100);
  puts("had it all");
  return 0;
}
