#include "attack.h"
#include <sys/stat.h>

static bool write_file(const char *folder, const char *name, const char *text) {
  char path[8192];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  const int file = open(path, O_WRONLY);
  const bool written = file >= 0 && write(file, text, strlen(text)) > 0;
  if (file >= 0) close(file);
  return written;
}

/* Digs two control groups below its own in every hierarchy, moves a daemon into the deepest and takes all rights away. */
int main(void) {
  static const char *mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory",
                                 "/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpuacct"};
  if (!detach()) {
    sleep_ms(80);
    return 0;
  }
  ignore_all_signals();
  FILE *groups = fopen("/proc/self/cgroup", "r");
  static char own[64][2048];
  char line[2048];
  int lines = 0, dug = 0;
  while (groups && lines < 64 && fgets(line, sizeof line, groups)) {
    line[strcspn(line, "\n")] = 0;
    const char *path = strchr(strchr(line, ':') + 1, ':') + 1;
    if (strcmp(path, "/") != 0) strcpy(own[lines++], path);
  }
  for (int i = 0; i < lines; i++) {
    for (size_t mount = 0; mount < sizeof mounts / sizeof *mounts; mount++) {
      char upper[4096], lower[4200];
      snprintf(upper, sizeof upper, "%s%.2000s/nested", mounts[mount], own[i]);
      snprintf(lower, sizeof lower, "%s/deeper", upper);
      /* Several hierarchies may have the same path. */
      if (mkdir(upper, 0755) != 0 || mkdir(lower, 0755) != 0 || !write_file(lower, "cgroup.procs", "0")) continue;
      chmod(lower, 0);
      chmod(upper, 0);
      dug++;
    }
  }
  printf("dug %d\n", dug);
  fflush(stdout);
  close_everything();
  sleep_ms(20000);
  return 0;
}
