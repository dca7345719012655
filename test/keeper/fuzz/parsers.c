/* Feeds random and half-sensible input to everything that reads what others write: options, control lines, JSON
   strings. parsers SEED ROUNDS: the same seed gives the same inputs. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "control.h"
#include "json.h"
#include "number.h"

static uint64_t state;

/* xorshift64*: the same numbers on every machine. */
static uint64_t random_number(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545F4914F6CDD1DULL;
}

static size_t below(size_t bound) { return (size_t)(random_number() % bound); }

static const char *const words[] = {
    "--ctl",
    "--cgroup",
    "--pidns",
    "--netns",
    "--tmpfs",
    "--overlay",
    "--through",
    "--uid-map",
    "--data",
    "--fsize",
    "--nofile",
    "--nproc",
    "--stack",
    "--cpu",
    "--core",
    "--nice",
    "--oom-score-adj",
    "--mem",
    "--poll",
    "--linger",
    "--kill-bound",
    "--",
    "/bin/true",
    "4",
    "-1",
    "0",
    "+1",
    " 1",
    "1 ",
    "0x10",
    "1e9",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    "1048576",
    "",
    ":",
    "/:",
    "/tmp:4096",
    "/tmp:4095",
    "/tmp:",
    "tmp:4096",
    "/a:b:8192",
    "auto",
    "keep",
    "root",
    "rooot",
    "-",
    "---",
    "-20",
    "19",
    "20",
};

/* On the heap and exactly as long as it is, so that the sanitizer sees a read one byte too far. */
static char *random_word(void) {
  char text[80];
  size_t length;
  if (below(5) > 0) {
    length = (size_t)snprintf(text, sizeof text, "%s", words[below(sizeof words / sizeof *words)]);
    if (below(8) == 0 && length > 0) text[below(length)] = (char)(1 + below(255));
  } else {
    length = below(sizeof text - 1);
    for (size_t i = 0; i < length; i++) text[i] = (char)(1 + below(255));
  }
  char *word = malloc(length + 1);
  memcpy(word, text, length);
  word[length] = '\0';
  return word;
}

static bool within(int64_t value, int64_t low, int64_t high) {
  return value == NOT_SET || (value >= low && value <= high);
}

static void fuzz_arguments(void) {
  const int count = 1 + (int)below(24);
  char **list = malloc(((size_t)count + 1) * sizeof *list);
  for (int i = 0; i < count; i++) list[i] = random_word();
  list[count] = NULL;
  struct arguments parsed;
  char error[256];
  memset(error, 'x', sizeof error);
  if (parse_arguments(count, list, &parsed, error, sizeof error)) {
    assert(parsed.command > list && parsed.command < list + count && parsed.command[0][0] != '\0');
    assert(strcmp(parsed.command[-1], "--") == 0);
    assert(parsed.cgroup_count <= MAX_CGROUPS && parsed.mount_count <= MAX_MOUNTS);
    assert(within(parsed.control, 3, INT32_MAX) && within(parsed.limits.nice, -20, 19));
    assert(within(parsed.memory_bytes, 1 << 20, INT64_MAX / 4) && within(parsed.poll_ms, 1, 60000));
    assert(within(parsed.limits.oom_score_adj, -1000, 1000) && within(parsed.limits.data, 0, INT64_MAX));
    for (size_t i = 0; i < parsed.mount_count; i++) {
      assert(parsed.mounts[i].bytes >= 4096 && parsed.mounts[i].folder[0] == '/' && parsed.mounts[i].folder_length > 0);
      assert(parsed.mounts[i].covered == NULL || parsed.mounts[i].covered[0] == '/');
    }
    assert(parsed.through_count <= MAX_THROUGH);
    for (size_t i = 0; i < parsed.through_count; i++) assert(parsed.through[i][0] == '/');
  } else {
    assert(memchr(error, '\0', sizeof error) != NULL && error[0] != '\0');
  }
  for (int i = 0; i < count; i++) free(list[i]);
  free(list);
}

static size_t lines_seen;

static void on_line(void *context, const char *line, size_t length, bool too_long) {
  (void)context;
  (void)too_long;
  assert(length <= LONGEST_LINE && memchr(line, '\n', length) == NULL);
  const struct command command = parse_command(line, length);
  if (command.kind == COMMAND_SIGNAL) assert(command.signal >= 1 && command.signal <= 64);
  else assert(command.signal == 0);
  lines_seen++;
}

static void fuzz_control(void) {
  static const char *const pieces[] = {"term",      "kill", "census", "usage", "signal ", "signal 9", "signal 65",
                                       "signal -1", "\n",   "\n",     "\r\n",  " ",       "\t"};
  struct line_reader reader = {{0}, 0, false};
  for (size_t packets = below(6); packets > 0; packets--) {
    char bytes[400];
    size_t length = 0;
    while (length < 300 && below(12) > 0) {
      if (below(3) > 0) {
        const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
        memcpy(bytes + length, piece, strlen(piece));
        length += strlen(piece);
      } else {
        bytes[length++] = (char)below(256);
      }
    }
    char *exact = malloc(length + (length == 0));
    memcpy(exact, bytes, length);
    read_lines(&reader, exact, length, on_line, NULL);
    free(exact);
  }
}

static bool is_json_string(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    const unsigned char byte = (unsigned char)text[i];
    if (byte < 0x20 || byte == 0x7f || byte == '"') return false;
    if (byte != '\\') continue;
    if (++i == length) return false;
    if (text[i] == 'u') i += 4;
    else if (text[i] != '"' && text[i] != '\\') return false;
    if (i >= length) return false;
  }
  return true;
}

static void fuzz_json(void) {
  const size_t length = below(64), capacity = below(200);
  char *bytes = malloc(length + 1), *buffer = malloc(capacity + 1);
  for (size_t i = 0; i < length; i++) bytes[i] = (char)below(256);
  struct json json = json_in(buffer, capacity);
  json_open(&json, NULL, '{');
  json_string(&json, "k", bytes, length);
  json_close(&json, '}');
  assert(json.length <= capacity);
  if (!json.full) {
    assert(json.length >= 8 && memcmp(buffer, "{\"k\":\"", 6) == 0 && memcmp(buffer + json.length - 2, "\"}", 2) == 0);
    assert(is_json_string(buffer + 6, json.length - 8));
  }
  free(bytes);
  free(buffer);
}

static void known_answers(void) {
  int64_t value = 7;
  assert(parse_number("9223372036854775807", 0, INT64_MAX, &value) && value == INT64_MAX);
  assert(!parse_number("9223372036854775808", 0, INT64_MAX, &value) && value == INT64_MAX);
  assert(parse_number("-20", -20, 19, &value) && value == -20);
  assert(!parse_number("-21", -20, 19, &value) && !parse_number("", 0, 9, &value) && !parse_number("-", -9, 9, &value));
  assert(!parse_number("+1", 0, 9, &value) && !parse_number(" 1", 0, 9, &value) && !parse_number("1 ", 0, 9, &value));
  assert(!parse_number("0x1", 0, 9, &value) && !parse_number("1\n", 0, 9, &value));
  assert(parse_command("kill", 4).kind == COMMAND_KILL && parse_command("kill ", 5).kind == COMMAND_UNKNOWN);
  assert(parse_command("kill\0", 5).kind == COMMAND_UNKNOWN && parse_command("Kill", 4).kind == COMMAND_UNKNOWN);
  assert(parse_command("signal 64", 9).signal == 64 && parse_command("signal 0", 8).kind == COMMAND_UNKNOWN);
  assert(parse_command("term", 4).kind == COMMAND_TERM && parse_command("", 0).kind == COMMAND_UNKNOWN);
}

int main(int count, char **arguments) {
  state = count > 1 ? strtoull(arguments[1], NULL, 10) | 1 : 1;
  const long rounds = count > 2 ? atol(arguments[2]) : 20000;
  known_answers();
  for (long i = 0; i < rounds; i++) {
    fuzz_arguments();
    fuzz_control();
    fuzz_json();
  }
  printf("%ld rounds, %zu lines\n", rounds, lines_seen);
  return 0;
}
