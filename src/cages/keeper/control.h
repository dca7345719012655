#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_kind { COMMAND_TERM, COMMAND_KILL, COMMAND_SIGNAL, COMMAND_CENSUS, COMMAND_USAGE, COMMAND_UNKNOWN };

struct command {
  enum command_kind kind;
  int signal;
};

/* Understands one line without its newline; everything that is not exactly a command is COMMAND_UNKNOWN. */
struct command parse_command(const char *line, size_t length);

#define LONGEST_LINE 64

/* Cuts the incoming bytes into lines. A line that is too long arrives once, cut and marked, however long it goes on. */
struct line_reader {
  char line[LONGEST_LINE];
  size_t length;
  bool too_long;
};

typedef void line_handler(void *context, const char *line, size_t length, bool too_long);

void read_lines(struct line_reader *reader, const char *bytes, size_t count, line_handler *handle, void *context);
