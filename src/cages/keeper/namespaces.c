#define _GNU_SOURCE
#include "namespaces.h"

#include <errno.h>
#include <unistd.h>

#include "mounts.h"

bool wants_namespaces(const struct arguments *arguments) {
  return arguments->pid_namespace || arguments->network_namespace || arguments->mount_count > 0;
}

#ifdef __linux__
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static pid_t fork_with(unsigned long flags) {
  return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

static pid_t enter_with(unsigned long flags) { return unshare((int)flags); }

static unsigned long wanted_flags(const struct arguments *arguments) {
  return (arguments->pid_namespace ? CLONE_NEWPID | CLONE_NEWNS : 0UL) |
         (arguments->mount_count > 0 ? (unsigned long)CLONE_NEWNS : 0UL) |
         (arguments->network_namespace ? (unsigned long)CLONE_NEWNET : 0UL);
}

/* Root that may do it alone keeps all that root can do; a root without that right (a container) needs the other way. */
static pid_t with_or_without_user(const struct arguments *arguments, pid_t (*make)(unsigned long),
                                  bool *user_namespace) {
  const unsigned long flags = wanted_flags(arguments);
  if (arguments->uid_map == UID_MAP_AUTO && geteuid() == 0) {
    *user_namespace = false;
    const pid_t result = make(flags);
    if (result >= 0 || errno != EPERM) return result;
  }
  *user_namespace = true;
  return make(flags | CLONE_NEWUSER);
}

pid_t namespaces_fork(const struct arguments *arguments, bool *user_namespace) {
  return with_or_without_user(arguments, fork_with, user_namespace);
}

bool namespaces_enter(const struct arguments *arguments, bool *user_namespace, struct failure *failure) {
  return with_or_without_user(arguments, enter_with, user_namespace) == 0 ||
         fail(failure, STAGE_NAMESPACE, "unshare", "into new namespaces");
}

static bool put(const char *path, const char *text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = write(file, text, strlen(text)) > 0;
  const int error = errno;
  close(file);
  errno = error;
  return written;
}

static bool map_ids(enum uid_map map, uid_t user, gid_t group, struct failure *failure) {
  char line[64];
  const bool root = map == UID_MAP_ROOT;
  /* The kernel wants this before an ordinary user may map a group; kernels before 3.19 have no such file. */
  if (!put("/proc/self/setgroups", "deny") && errno != ENOENT) {
    return fail(failure, STAGE_NAMESPACE, "write", "/proc/self/setgroups");
  }
  snprintf(line, sizeof line, "%u %u 1", root ? 0U : (unsigned)user, (unsigned)user);
  if (!put("/proc/self/uid_map", line)) return fail(failure, STAGE_NAMESPACE, "write", "/proc/self/uid_map");
  snprintf(line, sizeof line, "%u %u 1", root ? 0U : (unsigned)group, (unsigned)group);
  return put("/proc/self/gid_map", line) || fail(failure, STAGE_NAMESPACE, "write", "/proc/self/gid_map");
}

static bool raise_loopback(struct failure *failure) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const int device = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (device < 0) return fail(failure, STAGE_NAMESPACE, "socket for", "lo");
  const bool raised = ioctl(device, SIOCSIFFLAGS, &request) == 0;
  const int error = errno;
  close(device);
  errno = error;
  return raised || fail(failure, STAGE_NAMESPACE, "raise", "lo");
}

bool namespaces_set_up(const struct arguments *arguments, bool user_namespace, uid_t user, gid_t group,
                       struct failure *failure) {
  const bool mounts = arguments->pid_namespace || arguments->mount_count > 0;
  return (!user_namespace || map_ids(arguments->uid_map, user, group, failure)) &&
         (!mounts || mount_all(arguments, user_namespace, failure)) && (!arguments->network_namespace || raise_loopback(failure));
}
#else
pid_t namespaces_fork(const struct arguments *arguments, bool *user_namespace) {
  (void)arguments;
  *user_namespace = false;
  errno = ENOSYS;
  return -1;
}

bool namespaces_enter(const struct arguments *arguments, bool *user_namespace, struct failure *failure) {
  (void)arguments;
  *user_namespace = false;
  errno = ENOSYS;
  return fail(failure, STAGE_NAMESPACE, "namespaces", "");
}

bool namespaces_set_up(const struct arguments *arguments, bool user_namespace, uid_t user, gid_t group,
                       struct failure *failure) {
  (void)arguments, (void)user_namespace, (void)user, (void)group;
  errno = ENOSYS;
  return fail(failure, STAGE_NAMESPACE, "namespaces", "");
}
#endif
