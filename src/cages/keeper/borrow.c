#define _GNU_SOURCE
#include "borrow.h"

#ifdef __linux__
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clone3.h"

#define STACK_SIZE (64 * 1024)

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
/* Such a sanitizer takes any other stack for a mistake. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define ONE_STACK_ONLY 1
#else
#define ONE_STACK_ONLY 0
#endif

static char stack[STACK_SIZE] __attribute__((aligned(16)));

/* libc has no clone3 that changes the stack: the child must not return into frames that are ours. */
static long clone3_onto(const struct clone3_arguments *arguments, int (*run)(void *), void *word) {
#if defined(__x86_64__) && !defined(__ILP32__)
  long child;
  __asm__ volatile("syscall\n\t"
                   "test %%rax, %%rax\n\t"
                   "jnz 1f\n\t"
                   "xor %%ebp, %%ebp\n\t"
                   "mov %[word], %%rdi\n\t"
                   "call *%[run]\n\t"
                   "hlt\n"
                   "1:"
                   : "=a"(child)
                   : "a"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), [run] "r"(run), [word] "r"(word)
                   : "rcx", "r11", "memory", "cc");
  return child;
#elif defined(__aarch64__)
  register long number __asm__("x8") = SYS_clone3;
  register long child __asm__("x0") = (long)arguments;
  register long size __asm__("x1") = sizeof *arguments;
  __asm__ volatile("svc #0\n\t"
                   "cbnz x0, 1f\n\t"
                   "mov x29, xzr\n\t"
                   "mov x0, %[word]\n\t"
                   "blr %[run]\n\t"
                   "brk #0\n"
                   "1:"
                   : "+r"(child)
                   : "r"(number), "r"(size), [run] "r"(run), [word] "r"(word)
                   : "memory", "cc");
  return child;
#else
  (void)arguments, (void)run, (void)word;
  return -1;
#endif
}

pid_t borrow_memory(const struct cgroups *cgroups, bool *born_inside, int (*run)(void *), void *word) {
  if (ONE_STACK_ONLY) return -1;
  if (cgroups->unified >= 0) {
    const struct clone3_arguments arguments = {.flags = CLONE_VM | CLONE_VFORK | INTO_CGROUP,
                                               .exit_signal = SIGCHLD,
                                               .stack = (uint64_t)(uintptr_t)stack,
                                               .stack_size = sizeof stack,
                                               .cgroup = (uint64_t)cgroups->unified};
    *born_inside = true;
    const long child = clone3_onto(&arguments, run, word);
    if (child > 0) return (pid_t)child;
    /* Refused: whatever it is, a fork tells it better. */
    return -1;
  }
  *born_inside = false;
  return clone(run, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, word);
}
#else
pid_t borrow_memory(const struct cgroups *cgroups, bool *born_inside, int (*run)(void *), void *word) {
  (void)cgroups, (void)born_inside, (void)run, (void)word;
  return -1;
}
#endif
