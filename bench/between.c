/* The least that any program between a launcher and its command can cost: it starts the command and waits for it. */
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count < 2) return 125;
  const pid_t child = fork();
  if (child == 0) {
    execv(words[1], words + 1);
    _exit(127);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 120;
}
