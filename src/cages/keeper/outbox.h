#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_CAPACITY (160 * 1024)
/* Kept free for the few lines that must not be lost: started, over-memory, leader-exited, done. */
#define OUTBOX_RESERVE (8 * 1024)

/* Lines on their way to the launcher. Posting never waits: a launcher that does not read loses answers, not its cage.
 */
struct outbox {
  int descriptor; /* -1 when there is no launcher to speak to */
  bool socket;
  char waiting[OUTBOX_CAPACITY];
  size_t start, length;
  uint64_t dropped;
};

void outbox_open(struct outbox *outbox, int descriptor);
/* Lines go out together at the next flush: each packet wakes the launcher. `vital` lines may use the reserve; the
 * others are dropped and counted when there is no room. */
void outbox_post(struct outbox *outbox, const char *line, size_t length, bool vital);
void outbox_flush(struct outbox *outbox);
/* Gives a slow launcher a bounded time to read what is left. */
void outbox_drain(struct outbox *outbox, double bound_ms);
