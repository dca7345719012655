#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes JSON into a fixed buffer. A value that does not fit sets `full`, and nothing is ever written past the end. */
struct json {
  char *text;
  size_t length, capacity;
  bool full;
};

struct json json_in(char *buffer, size_t capacity);
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_integer(struct json *json, const char *key, int64_t value);
/* Milliseconds with two decimals. */
void json_ms(struct json *json, const char *key, double value);
void json_boolean(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* Bytes that are not UTF-8 become U+FFFD: a process may call itself anything. */
void json_string(struct json *json, const char *key, const char *bytes, size_t length);
