import { formatBytes } from '../config/quantities.ts';
import type {
  Attribute,
  ErrorPhase,
  MemoryCause,
  ReachedLimit,
  TestRecord,
  TimeoutKind,
  Verdict,
} from '../protocol/verdict.ts';

/** In the words of V8 and of Python. */
const tooDeep = /Maximum call stack size exceeded|maximum recursion depth exceeded/;

/** What to do next, in one sentence; null where the failure speaks for itself. */
export function advice(record: TestRecord): string | null {
  return (
    verdictAdvice(record) ??
    record.attributes.map(each => attributeAdvice(each, record.verdict)).find(text => text !== null) ??
    null
  );
}

function verdictAdvice({ verdict, messages, limits, usage }: TestRecord): string | null {
  switch (verdict.kind) {
    case 'failed':
      return messages.some(({ text }) => tooDeep.test(text))
        ? 'The recursion goes deeper than the runtime itself allows, whatever "stack" is: look for one without an end.'
        : null;
    case 'passed':
    case 'skipped':
    case 'expected-failure':
    case 'cancelled':
    case 'not-run':
    case 'known-failure':
      return null;
    case 'unexpected-pass':
      return 'If it is mended, take the mark off, so that the next failure shows.';
    case 'error':
      return phaseAdvice(verdict.phase);
    case 'timed-out':
      return timeoutAdvice(verdict.limit);
    case 'out-of-memory':
      return memoryAdvice(verdict.cause);
    case 'limit-reached':
      return reachedAdvice(verdict.limit);
    case 'crashed':
      if (verdict.signal === 'SIGSEGV' && limits.stackBytes !== null) {
        return `Its stack may have reached the limit ("stack", ${formatBytes(limits.stackBytes)}), which the kernel tells by the same signal as any invalid memory access.`;
      }
      return 'The process died by itself: look at the end of its output, and at native code it loads.';
    case 'killed-outside':
      if (verdict.signal === 'SIGKILL' && limits.cpuMs !== null && (usage.cpuMs ?? 0) >= limits.cpuMs) {
        return 'It used more CPU time than "cpu" allows; the kernel sends SIGKILL to a process that ignores SIGXCPU.';
      }
      return 'Someone else sent this signal: another program, the system, or the test itself.';
    case 'exited-early':
      return 'Something called exit in the middle of the test: look for process.exit, os._exit or a failing set -e.';
    case 'lost':
      return 'This is a fault of Bulkhead: please report it with the journal of the run.';
  }
}

function phaseAdvice(phase: ErrorPhase): string {
  switch (phase) {
    case 'spawn':
      return 'Check that the program exists and may be executed, and the working folder of its project.';
    case 'start-up':
      return 'Run the framework by hand in this folder to see what it says.';
    case 'load':
      return 'Mend the file first: none of its tests can run until it loads.';
    case 'hook':
      return 'Mend the hook first: the tests that it prepares did not run.';
    case 'teardown':
      return 'Look for work that goes on after the test has ended: timers, promises nobody awaits, servers.';
    case 'selection':
      return 'Refresh the tests: the file has changed since they were listed, or its titles differ from run to run.';
    case 'protocol':
      return 'Make sure that the test does not write to, or close, file descriptor 3.';
    case 'refused':
      return 'Nothing of it was run: its message says what is missing, and how to allow it.';
  }
}

function timeoutAdvice(limit: TimeoutKind): string {
  switch (limit) {
    case 'test':
      return 'If the test is rightly slow, raise "timeout" for its file in bulkhead.config.json ("overrides").';
    case 'start-up':
      return 'If loading is rightly slow, raise "startup" in bulkhead.config.json.';
    case 'teardown':
      return 'Close what the test opened (servers, timers, child processes), or raise "teardown" in bulkhead.config.json.';
    case 'idle':
      return 'If the test is rightly silent for so long, let it print its progress, or raise "idle" in bulkhead.config.json.';
    case 'run':
      return 'Run fewer tests at once, or raise "runTimeout" in bulkhead.config.json.';
  }
}

function reachedAdvice(limit: ReachedLimit): string {
  switch (limit) {
    case 'cpu':
      return raise('cpu');
    case 'file-size':
      return raise('fileSize');
    case 'output':
      return raise('outputLimit');
    case 'disk':
      return raise('disk');
    case 'open-files':
      return `Close what the test opens. ${raise('openFiles')}`;
    case 'stack':
      return raise('stack');
    case 'processes':
      return raise('processes');
  }
}

function raise(key: string): string {
  return `If the test rightly needs more, raise "${key}" for its file in bulkhead.config.json ("overrides").`;
}

function memoryAdvice(cause: MemoryCause): string {
  switch (cause) {
    case 'kernel':
    case 'kernel-child':
    case 'refused':
    case 'watched':
      return 'If the test rightly needs more, raise "memory" for its file in bulkhead.config.json ("overrides").';
    case 'host':
      return 'It stayed within its own cap: free memory on the machine or in its container, or let less run at once ("jobs", "memoryBudget", "memory").';
    case 'heap':
      return 'The runtime\'s own limit was hit: raise it (for Node, --max-old-space-size) or "memory", from which it may be derived.';
  }
}

function attributeAdvice(attribute: Attribute, verdict: Verdict): string | null {
  switch (attribute.kind) {
    case 'leaked-processes':
      return 'End the processes that the test starts before it ends; "leaks" in bulkhead.config.json says whether this fails it.';
    case 'survivors':
      return 'These processes must be ended by hand: they may wait in the kernel or belong to another user.';
    case 'near-memory-cap':
      return 'Raise "memory" for its file in bulkhead.config.json before it becomes an out-of-memory.';
    case 'throttled':
      return 'Give its container, service or CI job more CPU time, or run fewer cages at once ("jobs").';
    case 'output-truncated':
      if (attribute.file !== undefined && attribute.missing === undefined) return null;
      return 'Raise "outputFile" in bulkhead.config.json to keep more of it.';
    case 'processes-refused':
      return 'Start fewer processes and threads at once, or raise "processes" in bulkhead.config.json.';
    case 'left-open':
      return 'Close in the test, or after it, what it opens: servers, sockets, timers.';
    case 'unhandled-rejection':
      return 'Await or join what the test begins, or catch what it fails with, before the test ends.';
    case 'retried':
      if (attribute.earlier.every(({ kind }) => kind === verdict.kind)) return null;
      return 'It does not always come to the same: look for what differs from time to time, such as timing, order and what others leave.';
    case 'run-after-shortage':
      return 'Memory ran short around the tests: free some, or let less run at once ("jobs", "memoryBudget", "memory").';
    case 'known-failure-void':
      return 'Mend the test, or its entry in bulkhead.known-failures.json.';
    case 'slow':
    case 'left-behind':
    case 'run-alone':
    case 'limit-not-enforced':
    case 'leaked-pipe':
    case 'retried-by-framework':
    case 'ignored-sigterm':
    case 'protocol':
      return null;
  }
}
