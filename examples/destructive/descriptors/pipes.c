// Pipes with nobody at either end: 4,000 descriptors at most.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 2000; i++) {
    int ends[2];
    if (pipe(ends) != 0) return perror("pipe"), 1;
  }
  return 0;
}
