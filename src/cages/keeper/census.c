#include <stdio.h>
#include <string.h>

#include "json.h"
#include "report.h"

#define LONGEST_COMMAND 240
#define LONGEST_CENSUS (60 * 1024)

/* One process; false, and nothing written, when it does not fit any more. */
static bool add_process(struct json *json, pid_t pid, const struct process_facts *facts) {
  const struct json before = *json;
  char command[LONGEST_COMMAND], start[32];
  const size_t length = process_command(pid, command, sizeof command);
  snprintf(start, sizeof start, "%llu", (unsigned long long)facts->start);
  json_open(json, NULL, '{');
  json_integer(json, "pid", pid);
  json_integer(json, "ppid", facts->parent);
  json_string(json, "start", start, strlen(start));
  json_string(json, "state", &facts->state, 1);
  json_string(json, "comm", facts->name, strlen(facts->name));
  json_string(json, "cmdline", command, length);
  json_integer(json, "rss", facts->resident_bytes);
  json_close(json, '}');
  if (!json->full) return true;
  *json = before;
  return false;
}

void report_census(struct keeper *keeper) {
  static char buffer[LONGEST_CENSUS];
  /* Room for the end of the line, whatever the list takes. */
  struct json json = json_in(buffer, sizeof buffer - 128);
  int64_t zombies = 0, omitted = 0;
  const bool known = tree_discover(&keeper->tree, tree_root(keeper));
  json_open(&json, NULL, '{');
  json_string(&json, "event", "census", 6);
  json_boolean(&json, "known", known);
  json_open(&json, "processes", '[');
  for (size_t i = 0; i < keeper->tree.count; i++) {
    struct process_facts facts;
    const pid_t pid = keeper->tree.members[i].pid;
    if (!process_facts(pid, &facts)) continue;
    if (facts.state == 'Z' || facts.state == 'X') zombies++;
    else if (omitted > 0 || !add_process(&json, pid, &facts)) omitted++;
  }
  json.full = false;
  json.capacity = sizeof buffer;
  json_close(&json, ']');
  json_integer(&json, "zombies", zombies);
  json_integer(&json, "omitted", omitted);
  json_close(&json, '}');
  outbox_post(&keeper->outbox, json.text, json.length, false);
}
