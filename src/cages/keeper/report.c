#include "report.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"

static struct json begin(char *buffer, size_t capacity, const char *event) {
  struct json json = json_in(buffer, capacity);
  json_open(&json, NULL, '{');
  json_string(&json, "event", event, strlen(event));
  return json;
}

static void finish(struct keeper *keeper, struct json *json, bool vital) {
  json_close(json, '}');
  if (!json->full) outbox_post(&keeper->outbox, json->text, json->length, vital);
}

static void start_time(struct json *json, uint64_t start) {
  char text[32];
  snprintf(text, sizeof text, "%llu", (unsigned long long)start);
  json_string(json, "start", text, strlen(text));
}

static void leader_status(struct json *json, const struct keeper *keeper) {
  const int status = keeper->leader_status;
  if (keeper->leader_ended && WIFEXITED(status)) json_integer(json, "exit", WEXITSTATUS(status));
  else json_null(json, "exit");
  if (keeper->leader_ended && WIFSIGNALED(status)) json_integer(json, "signal", WTERMSIG(status));
  else json_null(json, "signal");
  json_boolean(json, "core", keeper->leader_ended && WIFSIGNALED(status) && WCOREDUMP(status));
}

void report_started(struct keeper *keeper) {
  char buffer[512];
  struct process_facts facts = {0};
  process_facts(keeper->leader, &facts);
  struct json json = begin(buffer, sizeof buffer, "started");
  json_integer(&json, "pid", keeper->leader);
  start_time(&json, facts.start);
  if (keeper->arguments.pid_namespace) json_integer(&json, "init", keeper->spawned.child);
  else json_null(&json, "init");
  finish(keeper, &json, true);
}

void report_spawn_failed(struct keeper *keeper, const struct failure *failure) {
  char buffer[1024], message[256];
  snprintf(message, sizeof message, "%s: %s", failure->what, strerror(failure->error));
  if (keeper->control < 0) {
    fprintf(stderr, "keeper: %s\n", message);
    return;
  }
  struct json json = begin(buffer, sizeof buffer, "spawn-failed");
  const char *name = error_name(failure->error), *stage = stage_name(failure->stage);
  json_string(&json, "errno", name, strlen(name));
  json_string(&json, "stage", stage, strlen(stage));
  json_string(&json, "message", message, strlen(message));
  finish(keeper, &json, true);
}

void report_leader_exited(struct keeper *keeper) {
  char buffer[256];
  struct json json = begin(buffer, sizeof buffer, "leader-exited");
  leader_status(&json, keeper);
  finish(keeper, &json, true);
}

void report_over_memory(struct keeper *keeper) {
  char buffer[256];
  struct json json = begin(buffer, sizeof buffer, "over-memory");
  json_integer(&json, "bytes", keeper->watch.bytes);
  json_integer(&json, "capBytes", keeper->watch.cap_bytes);
  json_string(&json, "proof", keeper->watch.proof, strlen(keeper->watch.proof));
  finish(keeper, &json, true);
}

void report_signalled(struct keeper *keeper, int signal) {
  char buffer[128];
  struct json json = begin(buffer, sizeof buffer, "signalled");
  json_integer(&json, "signal", signal);
  finish(keeper, &json, false);
}

void report_misunderstood(struct keeper *keeper, const char *line, size_t length, bool too_long) {
  char buffer[1024];
  const char *message =
      too_long ? "this line is too long for a command" : "not a command: term, kill, signal N, census or usage";
  struct json json = begin(buffer, sizeof buffer, "error");
  json_string(&json, "message", message, strlen(message));
  json_string(&json, "line", line, length);
  finish(keeper, &json, false);
}

static double waited_cpu_ms(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static int64_t largest_resident_bytes(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
#ifdef __APPLE__
  return usage.ru_maxrss;
#else
  return (int64_t)usage.ru_maxrss * 1024;
#endif
}

static const char *reason_name(enum reason reason) {
  switch (reason) {
    case REASON_NONE: return "none";
    case REASON_EXIT: return "exit";
    case REASON_COMMAND: return "command";
    case REASON_LAUNCHER_GONE: return "launcher-gone";
    case REASON_MEMORY: return "memory";
    case REASON_LINGER: return "linger";
    case REASON_SIGNAL: return "signal";
  }
  return "none";
}

static void peaks(struct json *json, const struct keeper *keeper) {
  if (keeper->arguments.poll_ms == NOT_SET) {
    json_null(json, "peakBytes");
    json_null(json, "maxProcesses");
    return;
  }
  json_integer(json, "peakBytes", keeper->watch.peak_bytes);
  json_integer(json, "maxProcesses", (int64_t)keeper->watch.most_processes);
}

void report_usage(struct keeper *keeper) {
  char buffer[512];
  double cpu_ms = waited_cpu_ms();
  int64_t resident = 0, processes = 0;
  struct process_facts facts;
  tree_discover(&keeper->tree, tree_root(keeper));
  /* What the init of a namespace has waited for is in its own time. */
  if (keeper->arguments.pid_namespace && process_facts(keeper->spawned.child, &facts)) cpu_ms += facts.cpu_ms;
  for (size_t i = 0; i < keeper->tree.count; i++) {
    if (!process_facts(keeper->tree.members[i].pid, &facts)) continue;
    cpu_ms += facts.cpu_ms;
    resident += facts.resident_bytes;
    if (facts.state != 'Z' && facts.state != 'X') processes++;
  }
  struct json json = begin(buffer, sizeof buffer, "usage");
  json_integer(&json, "processes", processes);
  json_integer(&json, "residentBytes", resident);
  if (keeper->arguments.poll_ms == NOT_SET) json_null(&json, "bytes");
  else json_integer(&json, "bytes", keeper->watch.bytes);
  peaks(&json, keeper);
  json_ms(&json, "cpuMs", cpu_ms);
  json_ms(&json, "wallMs", now_ms() - keeper->began);
  finish(keeper, &json, false);
}

/* Of all descendants that were waited for; the kernel counts it in blocks of 512 bytes where it keeps such accounts at all. */
static void storage(struct json *json, bool complete) {
#ifdef __linux__
  struct rusage usage;
  if (complete && access("/proc/self/io", F_OK) == 0 && getrusage(RUSAGE_CHILDREN, &usage) == 0) {
    json_integer(json, "readBytes", (int64_t)usage.ru_inblock * 512);
    json_integer(json, "writtenBytes", (int64_t)usage.ru_oublock * 512);
    return;
  }
#else
  (void)complete;
#endif
  json_null(json, "readBytes");
  json_null(json, "writtenBytes");
}

void report_done(struct keeper *keeper) {
  char buffer[1024];
  const bool complete = !keeper->tally.cpu_incomplete && keeper->survivors == 0;
  const char *reason = reason_name(keeper->reason);
  struct json json = begin(buffer, sizeof buffer, "done");
  json_string(&json, "reason", reason, strlen(reason));
  leader_status(&json, keeper);
  json_ms(&json, "cpuMs", waited_cpu_ms());
  json_boolean(&json, "cpuComplete", complete);
  storage(&json, complete);
  peaks(&json, keeper);
  json_integer(&json, "maxResidentBytes", largest_resident_bytes());
  json_integer(&json, "reaped", (int64_t)keeper->tally.reaped);
  json_integer(&json, "killed", (int64_t)keeper->tally.killed);
  json_integer(&json, "survivors", (int64_t)keeper->survivors);
  json_ms(&json, "killMs", keeper->kill_ms);
  json_ms(&json, "wallMs", now_ms() - keeper->began);
  json_integer(&json, "dropped", (int64_t)keeper->outbox.dropped);
  finish(keeper, &json, true);
}
