// A buffer that doubles when it is full, as most growing arrays do: 256 MiB at most, 384 MiB while it moves.
#include <stdlib.h>
#include <string.h>

int main(void) {
  char *buffer = 0;
  for (size_t size = 1 << 20; size <= 256 << 20; size *= 2) {
    buffer = realloc(buffer, size);
    if (buffer == 0) return 1;
    memset(buffer, 1, size);
  }
  return 0;
}
