// Five children that outlive their parent, each with up to 800 descriptors: 4,000 at most.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int failed = 0;
  for (int child = 0; child < 5; child++) {
    int answer[2];
    if (pipe(answer) != 0) return perror("pipe"), 1;
    if (fork() == 0) {
      char ok = 1;
      for (int i = 0; i < 400 && ok; i++) {
        int ends[2];
        if (pipe(ends) != 0) perror("pipe"), ok = 0;
      }
      write(answer[1], &ok, 1);
      sleep(20);
      _exit(0);
    }
    char ok = 0;
    read(answer[0], &ok, 1);
    failed |= !ok;
  }
  return failed;
}
