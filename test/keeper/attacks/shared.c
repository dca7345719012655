#include "attack.h"
#include <sys/mman.h>

/* shared TAG KIND MIB: memory that belongs to no process. memfd and shm are written and held open, mapped is mapped. */
int main(int count, char **words) {
  const char *kind = count > 2 ? words[2] : "";
  const long mib = number(count, words, 3, 64);
  if (strcmp(kind, "mapped") == 0) {
    char *memory = mmap(NULL, (size_t)(mib * MIB), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 77;
    fill(memory, mib, 512);
  } else {
    char path[256];
    snprintf(path, sizeof path, "/dev/shm/%s", words[1]);
    const int file = strcmp(kind, "memfd") == 0 ? memfd_create(words[1], 0) : open(path, O_RDWR | O_CREAT, 0600);
    static char block[MIB];
    for (long i = 0; i < mib; i++) {
      if (write(file, block, sizeof block) != (ssize_t)sizeof block) {
        printf("refused: %s\n", strerror(errno));
        return 78;
      }
      if (i % 8 == 0) sleep_ms(16);
    }
  }
  sleep_ms(300);
  puts("had it all");
  return 0;
}
