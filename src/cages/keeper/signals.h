#pragma once
#include <stdbool.h>

/* How many requests to end (SIGTERM, SIGINT, SIGHUP, SIGQUIT) have come in since the last call. */
int take_end_requests(void);
/* From here on no catchable signal ends or stops this process. False when there is no pipe to be woken by. */
bool signals_take(void);
/* Gives the child the very mask and dispositions that the launcher gave us. */
void signals_give_back(void);
/* Readable when a signal came in. */
int signals_descriptor(void);
void signals_drain(void);
