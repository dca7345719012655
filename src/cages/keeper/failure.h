#pragma once
#include <stdbool.h>

/* Where a launch failed; the exit code of the keeper says it too. */
enum stage { STAGE_SPAWN, STAGE_CGROUP, STAGE_NAMESPACE, STAGE_LIMIT, STAGE_EXEC };

struct failure {
  enum stage stage;
  int error;
  char what[128];
};

/* Always returns false, so that a failing step is one `return`. Takes errno. */
bool fail(struct failure *failure, enum stage stage, const char *what, const char *detail);
const char *stage_name(enum stage stage);
int stage_exit_code(const struct failure *failure);
/* "ENOENT", or "E123" for a number without a name here. */
const char *error_name(int error);
