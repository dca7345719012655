// A function that calls itself, 80 MiB deep at most: the kernel sends SIGSEGV at the end of the stack.
static int again(volatile int depth) {
  volatile char frame[256];
  frame[0] = (char)depth;
  return depth < 200000 ? again(depth + 1) + frame[0] : 0;
}

int main(void) { return again(0); }
