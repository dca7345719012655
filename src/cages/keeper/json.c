#include "json.h"

#include <stdio.h>
#include <string.h>

struct json json_in(char *buffer, size_t capacity) {
  return (struct json){.text = buffer, .length = 0, .capacity = capacity, .full = false};
}

static void put(struct json *json, const char *bytes, size_t length) {
  if (json->full || length > json->capacity - json->length) {
    json->full = true;
    return;
  }
  memcpy(json->text + json->length, bytes, length);
  json->length += length;
}

static void put_text(struct json *json, const char *text) { put(json, text, strlen(text)); }

static void put_key(struct json *json, const char *key) {
  const char last = json->length == 0 ? '{' : json->text[json->length - 1];
  if (last != '{' && last != '[') put_text(json, ",");
  if (key == NULL) return;
  put_text(json, "\"");
  put_text(json, key);
  put_text(json, "\":");
}

void json_open(struct json *json, const char *key, char bracket) {
  if (json->length > 0) put_key(json, key);
  put(json, &bracket, 1);
}

void json_close(struct json *json, char bracket) { put(json, &bracket, 1); }

void json_integer(struct json *json, const char *key, int64_t value) {
  char number[32];
  snprintf(number, sizeof number, "%lld", (long long)value);
  put_key(json, key);
  put_text(json, number);
}

void json_ms(struct json *json, const char *key, double value) {
  char number[64];
  snprintf(number, sizeof number, "%.2f", value);
  put_key(json, key);
  put_text(json, number);
}

void json_boolean(struct json *json, const char *key, bool value) {
  put_key(json, key);
  put_text(json, value ? "true" : "false");
}

void json_null(struct json *json, const char *key) {
  put_key(json, key);
  put_text(json, "null");
}

/* The length of the UTF-8 sequence at `bytes`, or 0 when it is none (overlong, surrogate, cut short). */
static size_t utf8_length(const unsigned char *bytes, size_t length) {
  const unsigned char first = bytes[0];
  const size_t wanted = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (wanted == 1) return 1;
  if (first < 0xc2 || first > 0xf4 || wanted > length) return 0;
  for (size_t i = 1; i < wanted; i++) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
  }
  if ((first == 0xe0 && bytes[1] < 0xa0) || (first == 0xed && bytes[1] > 0x9f)) return 0;
  if ((first == 0xf0 && bytes[1] < 0x90) || (first == 0xf4 && bytes[1] > 0x8f)) return 0;
  return wanted;
}

void json_string(struct json *json, const char *key, const char *bytes, size_t length) {
  put_key(json, key);
  put_text(json, "\"");
  for (size_t i = 0; i < length;) {
    const unsigned char byte = (unsigned char)bytes[i];
    const size_t sequence = utf8_length((const unsigned char *)bytes + i, length - i);
    if (sequence == 0) {
      put_text(json, "\\ufffd");
      i++;
      continue;
    }
    if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      put_text(json, escape);
    } else {
      if (byte == '"' || byte == '\\') put_text(json, "\\");
      put(json, bytes + i, sequence);
    }
    i += sequence;
  }
  put_text(json, "\"");
}
