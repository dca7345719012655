#pragma once
#include <stdbool.h>

/* How many requests to end (SIGTERM, SIGINT, SIGHUP, SIGQUIT) have come in since the last call. */
int take_end_requests(void);
/* From here on no catchable signal ends or stops this process. False when there is no pipe to be woken by. */
bool signals_take(void);
/* Between these two nothing is handled, in the child neither. */
void signals_hold(void);
void signals_resume(void);
/* Gives the child the very mask and dispositions that the launcher gave us. */
void signals_give_back(void);
/* The first is readable when a signal came in; both must stay open. */
const int *signals_descriptors(void);
void signals_drain(void);
