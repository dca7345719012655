// Copies of one descriptor: 4,000 at most.
#include <stdio.h>
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 4000; i++) {
    if (dup(0) < 0) return perror("dup"), 1;
  }
  return 0;
}
