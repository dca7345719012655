#pragma once
#include <stdint.h>
#include <sys/types.h>

/* What keeper and the init of a pid namespace say to each other, one message a packet. */
enum init_order {
  INIT_REAP = 1,   /* the leader's pid is known outside: its end may be collected */
  INIT_SIGNAL = 2, /* value: the signal for all but init */
  INIT_KILL = 3,
};
enum init_news {
  INIT_LEADER_ENDED = 1, /* value: wait status */
  INIT_REAPED = 2,       /* value: how many processes were waited for; the last word */
  INIT_KILLED = 3,       /* value: how many of them died of SIGKILL after INIT_KILL */
};
struct init_message {
  int32_t kind;
  int32_t value;
};

/* The life of process 1: waits for everyone, passes signals on, and ends when nobody is left. */
_Noreturn void live_as_init(pid_t leader, int socket);
