#define _GNU_SOURCE
#include "mounts.h"

#ifdef __linux__
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer than a folder may be, so that what is joined to one is cut by the kernel and not by us. */
#define JOINED (PATH_MAX + 32)

static bool lay_out(const char *folder, const struct stat *under, struct failure *failure) {
  char path[JOINED];
  snprintf(path, sizeof path, "%s/upper", folder);
  if (mkdir(path, 0700) != 0 || chmod(path, under->st_mode & 07777) != 0)
    return fail(failure, STAGE_NAMESPACE, "make", path);
  /* Whoever has no place in a user namespace cannot be given anything: then it belongs to the user of the test. */
  (void)!chown(path, under->st_uid, under->st_gid);
  snprintf(path, sizeof path, "%s/work", folder);
  if (mkdir(path, 0700) != 0) return fail(failure, STAGE_NAMESPACE, "make", path);
  snprintf(path, sizeof path, "%s/tmp", folder);
  if (mkdir(path, 0700) != 0 || chmod(path, 01777) != 0) return fail(failure, STAGE_NAMESPACE, "make", path);
  return true;
}

/* What is written below `covered` goes to the file system at `folder`, of which the test sees its "tmp" alone. */
static bool cover(const char *covered, const char *folder, bool user_namespace, struct failure *failure) {
  char options[2 * JOINED + 64], shown[JOINED];
  struct stat under;
  /* As the current folder, a name needs no escaping of colons and commas. */
  if (chdir(covered) != 0 || stat(".", &under) != 0) return fail(failure, STAGE_NAMESPACE, "enter", covered);
  if (!lay_out(folder, &under, failure)) return false;
  snprintf(options, sizeof options, "lowerdir=.,upperdir=%s/upper,workdir=%s/work%s", folder, folder,
           user_namespace ? ",userxattr" : "");
  if (mount("overlay", covered, "overlay", MS_NODEV, options) != 0)
    return fail(failure, STAGE_NAMESPACE, "mount a layer over", covered);
  snprintf(shown, sizeof shown, "%s/tmp", folder);
  return mount(shown, folder, NULL, MS_BIND, NULL) == 0 || fail(failure, STAGE_NAMESPACE, "mount", shown);
}

static bool mount_sized(const struct sized_mount *wanted, bool user_namespace, struct failure *failure) {
  char folder[PATH_MAX], options[64];
  snprintf(folder, sizeof folder, "%.*s", (int)wanted->folder_length, wanted->folder);
  snprintf(options, sizeof options, "size=%lld,mode=1777", (long long)wanted->bytes);
  if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
    return fail(failure, STAGE_NAMESPACE, "mount tmpfs on", folder);
  return wanted->covered == NULL || cover(wanted->covered, folder, user_namespace, failure);
}

/* Held by descriptors while layers cover the names, and put back at the same names on top of them. */
static bool hold(const struct arguments *arguments, int held[], struct failure *failure) {
  for (size_t i = 0; i < arguments->through_count; i++) {
    held[i] = open(arguments->through[i], O_PATH | O_CLOEXEC);
    if (held[i] < 0) return fail(failure, STAGE_NAMESPACE, "open", arguments->through[i]);
  }
  return true;
}

static bool put_back(const struct arguments *arguments, const int held[], struct failure *failure) {
  for (size_t i = 0; i < arguments->through_count; i++) {
    char source[48];
    snprintf(source, sizeof source, "/proc/self/fd/%d", held[i]);
    if (mount(source, arguments->through[i], NULL, MS_BIND | MS_REC, NULL) != 0)
      return fail(failure, STAGE_NAMESPACE, "mount again", arguments->through[i]);
    close(held[i]);
  }
  return true;
}

static bool mount_folders(const struct arguments *arguments, bool user_namespace, struct failure *failure) {
  int held[MAX_THROUGH];
  if (!hold(arguments, held, failure)) return false;
  for (size_t i = 0; i < arguments->mount_count; i++) {
    if (!mount_sized(&arguments->mounts[i], user_namespace, failure)) return false;
  }
  return put_back(arguments, held, failure);
}

static bool covers(const struct arguments *arguments) {
  for (size_t i = 0; i < arguments->mount_count; i++) {
    if (arguments->mounts[i].covered != NULL) return true;
  }
  return false;
}

bool mount_all(const struct arguments *arguments, bool user_namespace, struct failure *failure) {
  char here[PATH_MAX];
  const bool moves = covers(arguments);
  if (moves && getcwd(here, sizeof here) == NULL) return fail(failure, STAGE_NAMESPACE, "name", "the current folder");
  /* Slave: what is mounted in here never shows outside, and later mounts of the machine still show in here. */
  if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
    return fail(failure, STAGE_NAMESPACE, "mount", "/ as slave");
  if (!mount_folders(arguments, user_namespace, failure)) return false;
  /* By its name, for the folder that this process stands in is the one beneath the layer. */
  if (moves && chdir(here) != 0) return fail(failure, STAGE_NAMESPACE, "enter", here);
  if (!arguments->pid_namespace) return true;
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0 ||
         fail(failure, STAGE_NAMESPACE, "mount", "/proc");
}
#endif
