import type { Attribute, ErrorPhase, MemoryCause, TestRecord, TimeoutKind } from '../protocol/verdict.ts';

/** What to do next, in one sentence; null where the failure speaks for itself. */
export function advice(record: TestRecord): string | null {
  return verdictAdvice(record) ?? record.attributes.map(attributeAdvice).find(text => text !== null) ?? null;
}

function verdictAdvice({ verdict }: TestRecord): string | null {
  switch (verdict.kind) {
    case 'passed':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return null;
    case 'error':
      return phaseAdvice(verdict.phase);
    case 'timed-out':
      return timeoutAdvice(verdict.limit);
    case 'out-of-memory':
      return memoryAdvice(verdict.cause);
    case 'crashed':
      return 'The process died by itself: look at the end of its output, and at native code it loads.';
    case 'killed-outside':
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
  }
}

function memoryAdvice(cause: MemoryCause): string {
  switch (cause) {
    case 'kernel':
    case 'kernel-child':
    case 'watched':
      return 'If the test rightly needs more, raise "memory" for its file in bulkhead.config.json ("overrides").';
    case 'heap':
      return 'The runtime\'s own limit was hit: raise it (for Node, --max-old-space-size) or "memory", from which it may be derived.';
  }
}

function attributeAdvice(attribute: Attribute): string | null {
  switch (attribute.kind) {
    case 'leaked-processes':
      return 'End the processes that the test starts before it ends; "leaks" in bulkhead.config.json says whether this fails it.';
    case 'survivors':
      return 'These processes must be ended by hand: they may wait in the kernel or belong to another user.';
    case 'near-memory-cap':
      return 'Raise "memory" for its file in bulkhead.config.json before it becomes an out-of-memory.';
    case 'output-truncated':
      return 'Raise "output" in bulkhead.config.json to keep more of it.';
    case 'leaked-pipe':
    case 'retried-by-framework':
    case 'ignored-sigterm':
    case 'protocol':
      return null;
  }
}
