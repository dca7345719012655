#include "number.h"

bool parse_number(const char *text, int64_t minimum, int64_t maximum, int64_t *value) {
  const bool negative = *text == '-';
  const char *digit = negative ? text + 1 : text;
  if (*digit == '\0') return false;
  uint64_t magnitude = 0;
  for (; *digit != '\0'; digit++) {
    if (*digit < '0' || *digit > '9') return false;
    const uint64_t next = (uint64_t)(*digit - '0');
    if (magnitude > ((uint64_t)INT64_MAX - next) / 10) return false;
    magnitude = magnitude * 10 + next;
  }
  const int64_t number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
  if (number < minimum || number > maximum) return false;
  *value = number;
  return true;
}
