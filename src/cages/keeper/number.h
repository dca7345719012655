#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Reads a whole decimal number between the bounds; anything else, even a blank or a plus sign, is refused. */
bool parse_number(const char *text, int64_t minimum, int64_t maximum, int64_t *value);
