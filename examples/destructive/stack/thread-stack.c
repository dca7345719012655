// The same in a thread, whose stack has the size that the limit gives by default.
#include <pthread.h>

static int again(volatile int depth) {
  volatile char frame[256];
  frame[0] = (char)depth;
  return depth < 200000 ? again(depth + 1) + frame[0] : 0;
}

static void *work(void *unused) {
  again(0);
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, work, 0) != 0) return 1;
  return pthread_join(thread, 0);
}
