#include "outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS has none; SIGPIPE is blocked anyway */
#endif

void outbox_open(struct outbox *outbox, int descriptor) {
  struct stat facts;
  /* Field by field: a memset would touch every page of the buffer, which most keepers never need. */
  outbox->start = outbox->length = outbox->dropped = 0;
  outbox->descriptor = descriptor;
  outbox->socket = descriptor >= 0 && fstat(descriptor, &facts) == 0 && S_ISSOCK(facts.st_mode);
  if (descriptor < 0 || outbox->socket) return;
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) outbox->descriptor = -1;
}

void outbox_flush(struct outbox *outbox) {
  while (outbox->length > 0 && outbox->descriptor >= 0) {
    const char *next = outbox->waiting + outbox->start;
    const ssize_t sent = outbox->socket ? send(outbox->descriptor, next, outbox->length, MSG_NOSIGNAL | MSG_DONTWAIT)
                                        : write(outbox->descriptor, next, outbox->length);
    if (sent > 0) {
      outbox->start += (size_t)sent;
      outbox->length -= (size_t)sent;
    } else if (sent < 0 && errno == EINTR) {
      continue;
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    } else {
      outbox->descriptor = -1;
    }
  }
  if (outbox->length == 0) outbox->start = 0;
}

void outbox_post(struct outbox *outbox, const char *line, size_t length, bool vital) {
  if (outbox->descriptor < 0) return;
  if (outbox->length > OUTBOX_RESERVE) outbox_flush(outbox);
  const size_t usable = vital ? OUTBOX_CAPACITY : OUTBOX_CAPACITY - OUTBOX_RESERVE;
  if (outbox->length + length + 1 > usable) {
    outbox->dropped++;
    return;
  }
  if (outbox->start + outbox->length + length + 1 > OUTBOX_CAPACITY) {
    memmove(outbox->waiting, outbox->waiting + outbox->start, outbox->length);
    outbox->start = 0;
  }
  memcpy(outbox->waiting + outbox->start + outbox->length, line, length);
  outbox->length += length + 1;
  outbox->waiting[outbox->start + outbox->length - 1] = '\n';
}

void outbox_drain(struct outbox *outbox, double bound_ms) {
  const double end = now_ms() + bound_ms;
  outbox_flush(outbox);
  while (outbox->length > 0 && outbox->descriptor >= 0 && now_ms() < end) {
    struct pollfd ready = {.fd = outbox->descriptor, .events = POLLOUT, .revents = 0};
    poll(&ready, 1, 20);
    outbox_flush(outbox);
  }
}
