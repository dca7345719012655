#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool fail(struct failure *failure, enum stage stage, const char *what, const char *detail) {
  const int error = errno;
  memset(failure, 0, sizeof *failure);
  failure->stage = stage;
  failure->error = error;
  snprintf(failure->what, sizeof failure->what, "%s%s%.90s", what, *detail == '\0' ? "" : " ", detail);
  return false;
}

const char *stage_name(enum stage stage) {
  switch (stage) {
    case STAGE_SPAWN: return "spawn";
    case STAGE_CGROUP: return "cgroup";
    case STAGE_NAMESPACE: return "namespace";
    case STAGE_LIMIT: return "limit";
    case STAGE_EXEC: return "exec";
  }
  return "spawn";
}

int stage_exit_code(const struct failure *failure) {
  switch (failure->stage) {
    case STAGE_SPAWN: return 120;
    case STAGE_CGROUP: return 121;
    case STAGE_LIMIT: return 122;
    case STAGE_NAMESPACE: return 124;
    case STAGE_EXEC: return failure->error == ENOENT ? 127 : 126;
  }
  return 120;
}

#define NAMED(error) \
  { error, #error }

const char *error_name(int error) {
  static const struct {
    int error;
    const char *name;
  } names[] = {
      NAMED(EPERM),  NAMED(ENOENT),       NAMED(ESRCH),        NAMED(EINTR),     NAMED(EIO),       NAMED(ENXIO),
      NAMED(E2BIG),  NAMED(ENOEXEC),      NAMED(EBADF),        NAMED(ECHILD),    NAMED(EAGAIN),    NAMED(ENOMEM),
      NAMED(EACCES), NAMED(EFAULT),       NAMED(EBUSY),        NAMED(EEXIST),    NAMED(ENODEV),    NAMED(ENOTDIR),
      NAMED(EISDIR), NAMED(EINVAL),       NAMED(ENFILE),       NAMED(EMFILE),    NAMED(ENOTTY),    NAMED(ETXTBSY),
      NAMED(EFBIG),  NAMED(ENOSPC),       NAMED(ESPIPE),       NAMED(EROFS),     NAMED(EPIPE),     NAMED(ERANGE),
      NAMED(ELOOP),  NAMED(ENAMETOOLONG), NAMED(ENOSYS),       NAMED(EOVERFLOW), NAMED(EUSERS),    NAMED(EOPNOTSUPP),
      NAMED(EPROTO), NAMED(ENOTSOCK),     NAMED(EAFNOSUPPORT), NAMED(ENOBUFS),   NAMED(ETIMEDOUT), NAMED(ESTALE),
      NAMED(EDQUOT),
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (names[i].error == error) return names[i].name;
  }
  static char number[16];
  snprintf(number, sizeof number, "E%d", error);
  return number;
}
