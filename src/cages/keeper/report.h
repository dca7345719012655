#pragma once
#include "failure.h"
#include "keeper.h"

/* One JSON line a message, for the launcher. */
void report_started(struct keeper *keeper);
void report_spawn_failed(struct keeper *keeper, const struct failure *failure);
void report_leader_exited(struct keeper *keeper);
void report_over_memory(struct keeper *keeper);
void report_census(struct keeper *keeper);
void report_usage(struct keeper *keeper);
void report_signalled(struct keeper *keeper, int signal);
void report_misunderstood(struct keeper *keeper, const char *line, size_t length, bool too_long);
void report_done(struct keeper *keeper);
