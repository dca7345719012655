#!/bin/sh
# A test of the kind "command": its exit code is the verdict.
echo "hello from the shell"
test "$(echo hello | tr a-z A-Z)" = HELLO
