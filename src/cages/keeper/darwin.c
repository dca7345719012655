/* macOS: written from its headers and not yet run on a Mac. There is no subreaper there: an orphan goes to launchd, so
   the tree is remembered, and a process that detaches twice between two looks is lost. The cage must call this best
   effort. */
#ifdef __APPLE__
#include <libproc.h>
#include <mach/mach_time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/proc.h> /* SZOMB and the other states */
#include <unistd.h>

#include "memory_watch.h"
#include "tree.h"

static void add_children(struct pids *found, pid_t parent) {
  pid_t children[1024];
  const int count = proc_listchildpids(parent, children, sizeof children);
  for (int i = 0; i < count && i < 1024; i++) pids_add(found, children[i]);
}

/* The leader called setsid(), so its session holds all that did not leave on purpose. */
static void add_session(struct pids *found, pid_t session) {
  static pid_t all[16384];
  const int count = proc_listallpids(all, sizeof all);
  for (int i = 0; i < count && i < 16384; i++) {
    if (getsid(all[i]) == session) pids_add(found, all[i]);
  }
}

static bool bsd_facts(pid_t pid, struct proc_bsdinfo *facts) {
  return proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, facts, sizeof *facts) == (int)sizeof *facts;
}

static uint64_t started(const struct proc_bsdinfo *facts) {
  return facts->pbi_start_tvsec * 1000000ULL + facts->pbi_start_tvusec;
}

bool tree_discover(struct tree *tree, pid_t root) {
  static pid_t session;
  struct pids *found = &tree->found;
  struct proc_bsdinfo facts;
  found->count = 0;
  add_children(found, root);
  if (session == 0 && found->count > 0 && getsid(found->list[0]) == found->list[0]) session = found->list[0];
  if (session != 0) add_session(found, session);
  for (size_t i = 0; i < tree->count; i++) {
    const struct member *known = &tree->members[i];
    if (bsd_facts(known->pid, &facts) && started(&facts) == known->start) pids_add(found, known->pid);
  }
  pids_sort(found);
  for (size_t i = 0; i < found->count; i++) add_children(found, found->list[i]);
  pids_sort(found);
  tree_adopt(tree, found);
  for (size_t i = 0; i < tree->count; i++) {
    if (bsd_facts(tree->members[i].pid, &facts)) tree->members[i].start = started(&facts);
  }
  return true;
}

static double to_ms(uint64_t ticks) {
  mach_timebase_info_data_t base;
  mach_timebase_info(&base);
  return (double)ticks * base.numer / base.denom / 1e6;
}

bool process_facts(pid_t pid, struct process_facts *facts) {
  struct proc_bsdinfo bsd;
  struct rusage_info_v4 usage;
  if (!bsd_facts(pid, &bsd)) return false;
  memset(facts, 0, sizeof *facts);
  facts->parent = (pid_t)bsd.pbi_ppid;
  facts->state = bsd.pbi_status == SZOMB ? 'Z' : bsd.pbi_status == SSTOP ? 'T' : bsd.pbi_status == SRUN ? 'R' : 'S';
  facts->start = started(&bsd);
  snprintf(facts->name, sizeof facts->name, "%s", bsd.pbi_name[0] == '\0' ? bsd.pbi_comm : bsd.pbi_name);
  if (proc_pid_rusage(pid, RUSAGE_INFO_V4, (rusage_info_t *)&usage) == 0) {
    facts->cpu_ms = to_ms(usage.ri_user_time + usage.ri_system_time);
    facts->resident_bytes = (int64_t)usage.ri_resident_size;
  }
  return true;
}

/* The path of the program: reading the words of another process is refused for protected programs. */
size_t process_command(pid_t pid, char *text, size_t size) {
  char path[PROC_PIDPATHINFO_MAXSIZE];
  const int length = proc_pidpath(pid, path, sizeof path);
  if (length <= 0) return 0;
  const size_t kept = (size_t)length < size ? (size_t)length : size;
  memcpy(text, path, kept);
  return kept;
}

bool own_children(struct pids *children) {
  children->count = 0;
  add_children(children, getpid());
  return true;
}

pid_t eldest_child(pid_t parent) {
  pid_t child;
  return proc_listchildpids(parent, &child, sizeof child) > 0 ? child : 0;
}

/* What Activity Monitor calls Memory; it counts shared memory for the process that made it. */
bool sample_member(struct member *member, struct footprint *footprint) {
  struct rusage_info_v4 usage;
  if (proc_pid_rusage(member->pid, RUSAGE_INFO_V4, (rusage_info_t *)&usage) != 0) return false;
  *footprint = (struct footprint){.private_bytes = (int64_t)usage.ri_phys_footprint, .shared_bytes = 0};
  return true;
}

bool measure_member(const struct member *member, struct footprint *footprint) {
  (void)member, (void)footprint;
  return false;
}

struct shared_memory survey_shared_memory(const struct tree *tree, time_t since) {
  (void)tree, (void)since;
  return (struct shared_memory){0, 0};
}

int64_t statm_error_bytes(void) { return 0; }
#else
typedef int elsewhere_than_macos;
#endif
