// 64 MiB on the stack at once, touched from its far end: no recursion, and yet over the edge.
#include <alloca.h>

int main(void) {
  volatile char *far = alloca(64 << 20);
  far[0] = 1;
  return far[0] - 1;
}
