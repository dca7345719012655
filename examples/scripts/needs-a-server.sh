#!/bin/sh
# 77 is declared in bulkhead.config.json to mean "skipped".
echo "no server to talk to"
exit 77
