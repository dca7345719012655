#include "tree.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void tree_signal(const struct tree *tree, int signal) {
  for (size_t i = 0; i < tree->count; i++) kill(tree->members[i].pid, signal);
}

/* Both lists are sorted, so that one walk over both tells who stays, who came and who went. */
void tree_adopt(struct tree *tree, const struct pids *pids) {
  struct member *members = calloc(pids->count + 1, sizeof *members);
  if (members == NULL) return;
  size_t old = 0;
  for (size_t i = 0; i < pids->count; i++) {
    while (old < tree->count && tree->members[old].pid < pids->list[i]) {
      if (tree->members[old].statm >= 0) close(tree->members[old].statm);
      old++;
    }
    if (old < tree->count && tree->members[old].pid == pids->list[i]) members[i] = tree->members[old++];
    else members[i] = (struct member){.pid = pids->list[i], .statm = -1, .perhaps_shared_bytes = -1};
  }
  for (; old < tree->count; old++) {
    if (tree->members[old].statm >= 0) close(tree->members[old].statm);
  }
  free(tree->members);
  tree->members = members;
  tree->count = pids->count;
}
