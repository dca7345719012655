#include "rlimits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* A limit above the hard one that is already there would need privilege and promise less than what holds: keep the
 * lower. */
static bool set_limit(int resource, int64_t wanted, int64_t margin, const char *name, struct failure *failure) {
  struct rlimit limit;
  if (wanted == NOT_SET) return true;
  if (getrlimit(resource, &limit) != 0) return fail(failure, STAGE_LIMIT, "getrlimit", name);
  const rlim_t soft = (rlim_t)wanted, hard = soft + (rlim_t)margin;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  limit.rlim_max = hard < limit.rlim_max ? hard : limit.rlim_max;
  return setrlimit(resource, &limit) == 0 || fail(failure, STAGE_LIMIT, "setrlimit", name);
}

static bool set_oom_score(int64_t score, struct failure *failure) {
  if (score == NOT_SET) return true;
  const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return fail(failure, STAGE_LIMIT, "open", "/proc/self/oom_score_adj");
  const bool written = dprintf(file, "%lld", (long long)score) > 0;
  const int error = errno;
  close(file);
  errno = error;
  return written || fail(failure, STAGE_LIMIT, "write", "/proc/self/oom_score_adj");
}

static bool set_nice(int64_t nice_value, struct failure *failure) {
  return nice_value == NOT_SET || setpriority(PRIO_PROCESS, 0, (int)nice_value) == 0 ||
         fail(failure, STAGE_LIMIT, "setpriority", "--nice");
}

bool apply_limits(const struct limits *limits, struct failure *failure) {
  return set_oom_score(limits->oom_score_adj, failure) && set_nice(limits->nice, failure) &&
         set_limit(RLIMIT_DATA, limits->data, 0, "RLIMIT_DATA", failure) &&
         set_limit(RLIMIT_FSIZE, limits->file_size, 0, "RLIMIT_FSIZE", failure) &&
         set_limit(RLIMIT_NOFILE, limits->open_files, 0, "RLIMIT_NOFILE", failure) &&
         set_limit(RLIMIT_NPROC, limits->processes, 0, "RLIMIT_NPROC", failure) &&
         set_limit(RLIMIT_STACK, limits->stack, 0, "RLIMIT_STACK", failure) &&
         /* SIGXCPU at the limit says why; SIGKILL a second later ends whoever ignores it. */
         set_limit(RLIMIT_CPU, limits->cpu_seconds, 1, "RLIMIT_CPU", failure) &&
         set_limit(RLIMIT_CORE, limits->core, 0, "RLIMIT_CORE", failure);
}
