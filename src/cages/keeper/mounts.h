#pragma once
#include "arguments.h"
#include "failure.h"

/* In a mount namespace of its own: the file systems of a given size, the layers over folders, and a /proc that shows the
   new pid namespace. */
bool mount_all(const struct arguments *arguments, bool user_namespace, struct failure *failure);
