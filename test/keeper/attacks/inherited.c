#include "attack.h"
#include <sys/prctl.h>
#include <sys/resource.h>

/* Says what it was given: descriptors, signal mask and dispositions, limits, session. */
int main(void) {
  printf("descriptors");
  for (int descriptor = 0; descriptor < 64; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0) printf(" %d", descriptor);
  }
  sigset_t mask;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  int blocked = 0, ignored = 0;
  for (int signal = 1; signal < 65; signal++) {
    struct sigaction action;
    blocked += sigismember(&mask, signal) == 1;
    ignored += sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
  }
  int death = 0;
  prctl(PR_GET_PDEATHSIG, &death);
  struct rlimit files, core;
  getrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_CORE, &core);
  printf("\nblocked %d\nignored %d\nleads %d\ndumpable %d\ndeath %d\nfiles %lu\ncore %lu\npid1 %d\n", blocked, ignored,
         getsid(0) == getpid() && getpgrp() == getpid(), prctl(PR_GET_DUMPABLE), death, (unsigned long)files.rlim_cur,
         (unsigned long)core.rlim_cur, getpid() == 1);
  return 0;
}
