#include "memory_watch.h"

#include <string.h>

#include "clock.h"

/* Looking for children and shared memory may take a twentieth of the time, and is never further apart than this. */
#define COST_SHARE 20
#define DISCOVERY_TICKS 8
#define SURVEY_TICKS 40
#define SHORTEST_TICK_MS 0.25

void memory_watch_start(struct memory_watch *watch, const struct arguments *arguments) {
  memset(watch, 0, sizeof *watch);
  watch->cap_bytes = arguments->memory_bytes == NOT_SET ? 0 : arguments->memory_bytes;
  watch->interval_ms = (double)arguments->poll_ms;
  watch->last_tick = watch->next_tick = now_ms();
  watch->since = time(NULL);
}

static double between(double low, double value, double high) { return value < low ? low : value > high ? high : value; }

static double next_by_cost(const struct memory_watch *watch, double spent_before, int most_ticks) {
  const double cost = spent_ms() - spent_before;
  return now_ms() + between(watch->interval_ms, cost * COST_SHARE, watch->interval_ms * most_ticks);
}

/* False when nothing was due. */
static bool look_around(struct memory_watch *watch, struct tree *tree, pid_t root) {
  const double now = now_ms(), spent = spent_ms();
  const bool discover = now >= watch->next_discovery, survey = now >= watch->next_survey;
  if (discover) {
    tree_discover(tree, root);
    watch->next_discovery = next_by_cost(watch, spent, DISCOVERY_TICKS);
  }
  if (survey) {
    const double spent_before = spent_ms();
    watch->shared = survey_shared_memory(tree, watch->since);
    watch->next_survey = next_by_cost(watch, spent_before, SURVEY_TICKS);
  }
  return discover || survey;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* The sum counts pages that forked children still share with their parent once for each: an upper bound. What nobody can
   share is a lower one, with shared memory counted once: the largest process alone, or all that each has taken since it
   was first seen. */
struct bounds {
  int64_t lower, upper;
  const char *proof;
};

/* Pages that a process has on top of those it was first seen with are its own. */
static int64_t own_bytes(struct member *member, int64_t private_bytes) {
  if (member->perhaps_shared_bytes < 0 || private_bytes < member->perhaps_shared_bytes) {
    member->perhaps_shared_bytes = private_bytes;
  }
  return private_bytes - member->perhaps_shared_bytes;
}

static struct bounds sample(struct memory_watch *watch, struct tree *tree) {
  int64_t sum = 0, largest = 0, own = 0;
  size_t processes = 0;
  for (size_t i = 0; i < tree->count; i++) {
    struct footprint footprint;
    if (!sample_member(&tree->members[i], &footprint)) continue;
    processes++;
    sum += footprint.private_bytes;
    largest = larger(largest, footprint.private_bytes);
    own += own_bytes(&tree->members[i], footprint.private_bytes);
  }
  watch->processes = processes;
  if (processes > watch->most_processes) watch->most_processes = processes;
  /* The kernel counts in batches for each process. */
  const int64_t alone = largest - statm_error_bytes(), together = own - (int64_t)processes * statm_error_bytes();
  return (struct bounds){.lower = larger(alone, together) + watch->shared.file_bytes,
                         .upper = sum + larger(watch->shared.mapped_bytes, watch->shared.file_bytes),
                         .proof = alone >= together ? "one process" : "growth of each process"};
}

static int64_t measure(const struct memory_watch *watch, struct tree *tree) {
  int64_t private_bytes = 0, shared_bytes = 0;
  for (size_t i = 0; i < tree->count; i++) {
    struct footprint footprint;
    /* Not ours to read, or gone: the cheap number is the best there is. */
    if (!measure_member(&tree->members[i], &footprint) && !sample_member(&tree->members[i], &footprint)) continue;
    private_bytes += footprint.private_bytes;
    shared_bytes += footprint.shared_bytes;
  }
  return private_bytes + larger(shared_bytes, watch->shared.file_bytes);
}

/* Whether a crossing is real. When it is not, the difference is remembered for a while, so that a tree of forked
   workers is not measured at every tick. */
static bool confirm(struct memory_watch *watch, struct tree *tree, struct bounds bounds) {
  if (bounds.lower > watch->cap_bytes) {
    watch->proof = bounds.proof;
    watch->bytes = larger(bounds.lower, bounds.upper - watch->correction_bytes);
    return true;
  }
  const double spent = spent_ms();
  const int64_t measured = measure(watch, tree);
  watch->correction_bytes = bounds.upper > measured ? bounds.upper - measured : 0;
  watch->correction_until = now_ms() + between(50, (spent_ms() - spent) * COST_SHARE, 1000);
  watch->bytes = measured;
  watch->proof = "proportional share";
  return measured > watch->cap_bytes;
}

/* Near the cap the ticks come closer together: the overshoot is what is allocated between two of them. */
static double next_delay(const struct memory_watch *watch, double elapsed_ms) {
  const int64_t grown = watch->bytes - watch->last_bytes;
  if (watch->cap_bytes == 0 || grown <= 0 || elapsed_ms <= 0) return watch->interval_ms;
  const double ms_to_cap = (double)(watch->cap_bytes - watch->bytes) / ((double)grown / elapsed_ms);
  return between(SHORTEST_TICK_MS, ms_to_cap / 2, watch->interval_ms);
}

bool memory_watch_tick(struct memory_watch *watch, struct tree *tree, pid_t root) {
  struct bounds bounds = sample(watch, tree);
  /* Those who are known first: what they have allocated may be too much already. */
  const bool proved = watch->cap_bytes > 0 && bounds.lower > watch->cap_bytes;
  if (!proved && look_around(watch, tree, root)) bounds = sample(watch, tree);
  const double now = now_ms();
  if (now >= watch->correction_until) watch->correction_bytes = 0;
  watch->bytes = larger(bounds.lower, bounds.upper - watch->correction_bytes);
  const bool over = watch->cap_bytes > 0 && watch->bytes > watch->cap_bytes && confirm(watch, tree, bounds);
  if (watch->bytes > watch->peak_bytes) watch->peak_bytes = watch->bytes;
  /* A jump may be a child that nobody has seen yet: look again at the next tick. */
  if (watch->cap_bytes > 0 && watch->bytes - watch->last_bytes > watch->cap_bytes / 16) watch->next_discovery = 0;
  watch->next_tick = now_ms() + next_delay(watch, now - watch->last_tick);
  watch->last_tick = now;
  watch->last_bytes = watch->bytes;
  return over;
}
