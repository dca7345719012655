#include "arguments.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

struct numeric_option {
  const char *name;
  size_t offset;
  int64_t minimum, maximum;
};

#define AT(field) offsetof(struct arguments, field)
/* The largest file offset there is, so that no limit can wrap into "unlimited". */
#define MOST_BYTES INT64_MAX

static const struct numeric_option numeric_options[] = {
    {"--ctl", AT(control), 3, INT_MAX},
    {"--data", AT(limits.data), 0, MOST_BYTES},
    {"--fsize", AT(limits.file_size), 0, MOST_BYTES},
    {"--nofile", AT(limits.open_files), 3, INT_MAX},
    {"--nproc", AT(limits.processes), 1, INT_MAX},
    {"--stack", AT(limits.stack), 4096, MOST_BYTES},
    {"--cpu", AT(limits.cpu_seconds), 1, INT_MAX},
    {"--core", AT(limits.core), 0, MOST_BYTES},
    {"--nice", AT(limits.nice), -20, 19},
    {"--oom-score-adj", AT(limits.oom_score_adj), -1000, 1000},
    {"--mem", AT(memory_bytes), 1 << 20, MOST_BYTES / 4},
    {"--poll", AT(poll_ms), 1, 60000},
    {"--linger", AT(linger_ms), 0, INT_MAX},
    {"--kill-bound", AT(kill_bound_ms), 1, 600000},
    {"--goodbye", AT(goodbye_ms), 0, 60000},
};

static void set_defaults(struct arguments *arguments) {
  memset(arguments, 0, sizeof *arguments);
  for (size_t i = 0; i < sizeof numeric_options / sizeof *numeric_options; i++) {
    *(int64_t *)((char *)arguments + numeric_options[i].offset) = NOT_SET;
  }
  arguments->limits.core = 0;
  arguments->kill_bound_ms = 5000;
}

static bool add_group(const char **groups, size_t *count, const char *folder) {
  if (folder[0] != '/' || strlen(folder) > PATH_MAX - 32 || *count == MAX_CGROUPS) return false;
  groups[(*count)++] = folder;
  return true;
}

static bool add_mount(struct arguments *arguments, const char *text) {
  const char *colon = strrchr(text, ':');
  if (text[0] != '/' || colon == NULL || colon - text >= PATH_MAX || arguments->mount_count == MAX_MOUNTS) return false;
  struct sized_mount *mount = &arguments->mounts[arguments->mount_count];
  /* A size of zero would mean "no limit" to the kernel. */
  if (!parse_number(colon + 1, 4096, MOST_BYTES, &mount->bytes)) return false;
  mount->folder = text;
  mount->covered = NULL;
  mount->folder_length = (size_t)(colon - text);
  arguments->mount_count++;
  return true;
}

static bool is_path(const char *text) { return text[0] == '/' && strlen(text) < PATH_MAX; }

static bool add_cover(struct arguments *arguments, const char *folder) {
  if (!is_path(folder) || arguments->mount_count == 0) return false;
  struct sized_mount *mount = &arguments->mounts[arguments->mount_count - 1];
  if (mount->covered != NULL) return false;
  mount->covered = folder;
  return true;
}

static bool add_through(struct arguments *arguments, const char *path) {
  if (!is_path(path) || arguments->through_count == MAX_THROUGH) return false;
  arguments->through[arguments->through_count++] = path;
  return true;
}

static bool set_uid_map(struct arguments *arguments, const char *text) {
  if (strcmp(text, "auto") == 0) arguments->uid_map = UID_MAP_AUTO;
  else if (strcmp(text, "keep") == 0) arguments->uid_map = UID_MAP_KEEP;
  else if (strcmp(text, "root") == 0) arguments->uid_map = UID_MAP_ROOT;
  else return false;
  return true;
}

static const struct numeric_option *find_numeric(const char *name) {
  for (size_t i = 0; i < sizeof numeric_options / sizeof *numeric_options; i++) {
    if (strcmp(numeric_options[i].name, name) == 0) return &numeric_options[i];
  }
  return NULL;
}

/* Reads one option that takes a value; false with a sentence when it is unknown or its value is wrong. */
static bool set_option(struct arguments *arguments, const char *name, const char *value, char *error, size_t size) {
  const struct numeric_option *numeric = find_numeric(name);
  const char *wanted;
  bool right;
  if (numeric != NULL) {
    if (value != NULL &&
        parse_number(value, numeric->minimum, numeric->maximum, (int64_t *)((char *)arguments + numeric->offset))) {
      return true;
    }
    snprintf(error, size, "%s needs a whole number from %lld to %lld, not '%.64s'", name, (long long)numeric->minimum,
             (long long)numeric->maximum, value == NULL ? "" : value);
    return false;
  }
  if (strcmp(name, "--cgroup") == 0) {
    wanted = "the absolute path of a cgroup (at most 16 times)";
    right = value != NULL && add_group(arguments->cgroups, &arguments->cgroup_count, value);
  } else if (strcmp(name, "--sweep") == 0) {
    wanted = "the absolute path of a cgroup (at most 16 times)";
    right = value != NULL && add_group(arguments->sweeps, &arguments->sweep_count, value);
  } else if (strcmp(name, "--tmpfs") == 0) {
    wanted = "FOLDER:BYTES with an absolute folder and at least 4096 bytes (at most 16 times)";
    right = value != NULL && add_mount(arguments, value);
  } else if (strcmp(name, "--overlay") == 0) {
    wanted = "an absolute folder, after the --tmpfs that takes what is written to it (one each)";
    right = value != NULL && add_cover(arguments, value);
  } else if (strcmp(name, "--through") == 0) {
    wanted = "an absolute path below a folder of --overlay (at most 32 times)";
    right = value != NULL && add_through(arguments, value);
  } else if (strcmp(name, "--uid-map") == 0) {
    wanted = "auto, keep or root";
    right = value != NULL && set_uid_map(arguments, value);
  } else {
    snprintf(error, size, "unknown option '%.64s'", name);
    return false;
  }
  if (!right) snprintf(error, size, "%s needs %s, not '%.64s'", name, wanted, value == NULL ? "" : value);
  return right;
}

bool parse_arguments(int count, char **words, struct arguments *arguments, char *error, size_t error_size) {
  set_defaults(arguments);
  int i = 1;
  while (i < count && strcmp(words[i], "--") != 0) {
    if (strcmp(words[i], "--pidns") == 0) {
      arguments->pid_namespace = true;
      i++;
    } else if (strcmp(words[i], "--netns") == 0) {
      arguments->network_namespace = true;
      i++;
    } else {
      /* A `--` in the place of a value is a forgotten value. */
      const bool has_value = i + 1 < count && strcmp(words[i + 1], "--") != 0;
      if (!set_option(arguments, words[i], has_value ? words[i + 1] : NULL, error, error_size)) return false;
      i += 2;
    }
  }
  if (arguments->sweep_count > 0) {
    if (i == count && arguments->control != NOT_SET) return true;
    snprintf(error, error_size, "--sweep goes with --ctl and without a command");
    return false;
  }
  if (i + 1 >= count || words[i + 1][0] == '\0') {
    snprintf(error, error_size, "no command: keeper [options] -- COMMAND ARGUMENTS");
    return false;
  }
  if (arguments->memory_bytes != NOT_SET && arguments->poll_ms == NOT_SET) arguments->poll_ms = 5;
  arguments->command = words + i + 1;
  return true;
}
