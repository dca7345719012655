/* keeper: runs one command so that nothing of it outlives it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "protect.h"
#include "signals.h"
#include "sweep.h"

#define USAGE_EXIT_CODE 125
#define INTERNAL_EXIT_CODE 120

int main(int count, char **words) {
  static struct keeper keeper;
  char error[256];
  occupy_standard_descriptors();
  seclude_descriptors();
  if (!parse_arguments(count, words, &keeper.arguments, error, sizeof error)) {
    fprintf(stderr, "keeper: %s\n", error);
    return USAGE_EXIT_CODE;
  }
  keeper.control = keeper.arguments.control == NOT_SET ? -1 : (int)keeper.arguments.control;
  if (keeper.control >= 0 && fcntl(keeper.control, F_SETFD, FD_CLOEXEC) != 0) {
    fprintf(stderr, "keeper: --ctl %d is not an open descriptor\n", keeper.control);
    return USAGE_EXIT_CODE;
  }
  if (keeper.arguments.sweep_count > 0) return sweep(&keeper.arguments);
  outbox_open(&keeper.outbox, keeper.control);
  if (!signals_take()) {
    perror("keeper: signals");
    return INTERNAL_EXIT_CODE;
  }
  protect_self();
  return keep(&keeper);
}
