#include "control.h"

#include <string.h>

#include "number.h"

#define HIGHEST_SIGNAL 64

struct command parse_command(const char *line, size_t length) {
  struct command command = {COMMAND_UNKNOWN, 0};
  char text[LONGEST_LINE + 1];
  /* A NUL inside would hide the rest of the line from every comparison. */
  if (length > LONGEST_LINE || memchr(line, '\0', length) != NULL) return command;
  memcpy(text, line, length);
  text[length] = '\0';
  int64_t signal;
  if (strcmp(text, "term") == 0) command.kind = COMMAND_TERM;
  else if (strcmp(text, "kill") == 0) command.kind = COMMAND_KILL;
  else if (strcmp(text, "census") == 0) command.kind = COMMAND_CENSUS;
  else if (strcmp(text, "usage") == 0) command.kind = COMMAND_USAGE;
  else if (strncmp(text, "signal ", 7) == 0 && parse_number(text + 7, 1, HIGHEST_SIGNAL, &signal)) {
    command.kind = COMMAND_SIGNAL;
    command.signal = (int)signal;
  }
  return command;
}

void read_lines(struct line_reader *reader, const char *bytes, size_t count, line_handler *handle, void *context) {
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] == '\n') {
      if (reader->length > 0 || reader->too_long) handle(context, reader->line, reader->length, reader->too_long);
      reader->length = 0;
      reader->too_long = false;
    } else if (reader->length < LONGEST_LINE) {
      reader->line[reader->length++] = bytes[i];
    } else {
      reader->too_long = true;
    }
  }
}
