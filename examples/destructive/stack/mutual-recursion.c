// Two functions that call each other, 80 MiB deep at most.
static int even(volatile int depth);

static int odd(volatile int depth) {
  volatile char frame[256];
  frame[0] = (char)depth;
  return depth < 200000 ? even(depth + 1) + frame[0] : 0;
}

static int even(volatile int depth) {
  volatile char frame[256];
  frame[0] = (char)depth;
  return depth < 200000 ? odd(depth + 1) + frame[0] : 0;
}

int main(void) { return even(0); }
