#pragma once
#include "arguments.h"
#include "failure.h"
#include <sys/types.h>

/* Whether the arguments ask for anything that only a namespace gives. */
bool wants_namespaces(const struct arguments *arguments);
/* Forks the first process of a new pid namespace and of what else is asked for. A user namespace is added where the
   caller may not make the others alone. */
pid_t namespaces_fork(const struct arguments *arguments, bool *user_namespace);
/* The same for the calling process, where no pid namespace is asked for. */
bool namespaces_enter(const struct arguments *arguments, bool *user_namespace, struct failure *failure);
/* Then, inside: who is who, what is mounted where, and the loopback device. */
bool namespaces_set_up(const struct arguments *arguments, bool user_namespace, uid_t user, gid_t group,
                       struct failure *failure);
