#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes this process the last to be chosen by the OOM killer, closed to other programs of its user, and the adopter of
   every orphan below it. Each step is taken as far as it is allowed. */
void protect_self(void);
/* Makes this process one that is woken at once, also while a test keeps every processor busy; what it forks is not. */
void be_prompt(void);
/* Gives this process the score of out-of-memory that a child which borrows its memory is born with: such a child cannot open
   its own files in /proc/self. NOT_SET: the one it had itself. False: it cannot, and nothing has changed. */
bool lend_score(int64_t score);
void take_score_back(void);
/* Undoes in a child with memory of its own what it would inherit with that. */
void unprotect_fork(void);
/* Undoes in any child what it would inherit. */
void unprotect_child(void);
/* Closes everything but the `kept` descriptors; the standard three become /dev/null. What the test's processes hold is
   then all that holds its pipes open, so that end-of-file means what it says. */
void release_descriptors(const int *kept, size_t count);
/* Of what the launcher itself inherited, nothing but the standard three and the channel of events reaches the command. */
void seclude_descriptors(void);
/* Keeps our own descriptors out of 0, 1 and 2 when the launcher left those closed. */
void occupy_standard_descriptors(void);
