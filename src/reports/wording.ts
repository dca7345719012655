import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { TestIdentity } from '../protocol/tests.ts';
import type {
  Attribute,
  ErrorPhase,
  MemoryCause,
  ReachedLimit,
  TestRecord,
  TimeoutKind,
  Usage,
  Verdict,
} from '../protocol/verdict.ts';
import { consequence } from './attributes.ts';
import { firstLine, oneLine, plural } from './excerpt.ts';

export { advice } from './advice.ts';
export { attributeText, limitText } from './attributes.ts';
export { verdictLabel } from './labels.ts';
export { assuranceText, cageText, fullyEnforced, mechanismLabel } from './cage.ts';

// The words of every client: terminal, editor, panel and reports. Nothing of Node may be imported here.

/** `suite › test`, on one line and bounded. */
export function titleText(test: Pick<TestIdentity, 'titlePath'>, most = 200): string {
  return oneLine(test.titlePath.map(title => oneLine(title, most)).join(' › '), most);
}

/** The first line of every message about a test: its category, then the numbers. */
export function headline(record: TestRecord): string {
  return [
    verdictText(record.verdict, record),
    ...notable(record)
      .map(consequence)
      .filter(text => text !== null),
  ].join(' · ');
}

/** The attributes that say more than the verdict does. */
export function notable({ verdict, attributes }: TestRecord): readonly Attribute[] {
  switch (verdict.kind) {
    case 'out-of-memory':
      return attributes.filter(({ kind }) => kind !== 'near-memory-cap');
    case 'timed-out':
      return attributes.filter(({ kind }) => kind !== 'slow');
    default:
      return attributes;
  }
}

function verdictText(verdict: Verdict, record: TestRecord): string {
  const { durationMs, usage } = record;
  const after = durationMs === null ? '' : ` after ${formatDuration(durationMs)}`;
  switch (verdict.kind) {
    case 'passed':
      return `Passed${durationMs === null ? '' : ` in ${formatDuration(durationMs)}`}${peakText(usage)}`;
    case 'failed':
      return `Failed${after}${peakText(usage)}`;
    case 'expected-failure':
      return `Failed as expected${verdict.reason ? `: ${firstLine(verdict.reason)}` : ''}${after && `,${after}`}${peakText(usage)}`;
    case 'unexpected-pass':
      return `Passed unexpectedly: it is marked as failing${verdict.reason ? ` (${firstLine(verdict.reason)})` : ''}${after && `,${after}`}${peakText(usage)}`;
    case 'skipped':
      return verdict.reason ? `Skipped: ${firstLine(verdict.reason)}` : 'Skipped';
    case 'error':
      return `Error ${phaseText(verdict.phase)}: ${firstLine(verdict.message)}`;
    case 'timed-out':
      return timeoutText(verdict.limit, verdict.limitMs, record) + peakText(usage);
    case 'out-of-memory': {
      const at = verdict.peakBytes === null ? '' : ` at ${formatBytes(verdict.peakBytes)}`;
      const cap = verdict.capBytes === null ? ' (no cap)' : ` (cap ${formatBytes(verdict.capBytes)})`;
      return `Out of memory: ${causeText(verdict.cause)}${at}${cap}${after}`;
    }
    case 'limit-reached':
      return `Limit reached: ${reachedText(verdict.limit, verdict.allowed)}${after}${peakText(usage)}`;
    case 'crashed': {
      const shell = verdict.reportedBy ? `, reported by the ${verdict.reportedBy}` : '';
      return `Crashed: ${signalText(verdict.signal)}${shell}${after}${peakText(usage)}`;
    }
    case 'killed-outside':
      return `Killed from outside: ${signalText(verdict.signal)}, not sent by Bulkhead${after}${peakText(usage)}`;
    case 'exited-early':
      return `Exited early with code ${verdict.code} before the test ended${after && `,${after}`}${peakText(usage)}`;
    case 'cancelled':
      return record.startedAt === null ? 'Cancelled before it started' : `Cancelled${after}`;
    case 'not-run':
      return `Not run: ${verdict.because}`;
    case 'known-failure': {
      const issue = verdict.issue ? ` (${firstLine(verdict.issue)})` : '';
      return `Known failure: ${firstLine(verdict.reason)}${issue} · ${verdictText(verdict.was, record)}`;
    }
    case 'lost':
      return 'Lost: the run ended without a verdict for this test';
  }
}

function peakText(usage: Usage): string {
  if (usage.peakMemoryBytes === null) return '';
  return `, peak ${formatBytes(usage.peakMemoryBytes)}${usage.shared ? ' shared with other tests' : ''}`;
}

function timeoutText(limit: TimeoutKind, limitMs: number, { durationMs, startedAt }: TestRecord): string {
  const most = formatDuration(limitMs);
  switch (limit) {
    case 'test':
      return `Timed out after ${formatDuration(durationMs ?? limitMs)} (limit ${most})`;
    case 'start-up':
      return `Timed out: the framework did not start within ${most}`;
    case 'teardown':
      return `Timed out: the process did not end within ${most} after the test`;
    case 'idle':
      return `Timed out: nothing was heard of it for ${most}`;
    case 'run':
      return startedAt === null
        ? `Timed out before it started: the run as a whole had taken ${most}`
        : `Timed out: the run as a whole had taken ${most}`;
  }
}

function reachedText(limit: ReachedLimit, allowed: number): string {
  switch (limit) {
    case 'cpu':
      return `a process used ${formatDuration(allowed)} of CPU time`;
    case 'file-size':
      return `a file grew to ${formatBytes(allowed)}`;
    case 'output':
      return `it printed more than ${formatBytes(allowed)}`;
    case 'disk':
      return `its temporary folder was full at ${formatBytes(allowed)}`;
    case 'open-files':
      return `${plural(allowed, 'file')} open at once in a process`;
    case 'stack':
      return `the stack grew to ${formatBytes(allowed)}`;
    case 'processes':
      return `${plural(allowed, 'process or thread', 'processes and threads')} at once`;
  }
}

function causeText(cause: MemoryCause): string {
  switch (cause) {
    case 'kernel':
      return 'killed by the kernel';
    case 'kernel-child':
      return 'a child process was killed by the kernel';
    case 'watched':
      return 'stopped by the memory watch';
    case 'heap':
      return "the runtime's own heap limit was reached";
    case 'refused':
      return 'the kernel refused it more';
    case 'host':
      return 'the machine, or its container, had no more';
  }
}

function phaseText(phase: ErrorPhase): string {
  switch (phase) {
    case 'spawn':
      return 'while starting';
    case 'start-up':
      return 'before the framework was ready';
    case 'load':
      return 'while loading the file';
    case 'hook':
      return 'in a hook';
    case 'teardown':
      return 'after the test';
    case 'selection':
      return 'in finding the test';
    case 'protocol':
      return 'in the events of the test';
    case 'refused':
      return 'before anything was started';
  }
}

const signalMeanings: Readonly<Record<string, string>> = {
  SIGSEGV: 'invalid memory access',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGILL: 'illegal instruction',
  SIGFPE: 'arithmetic error',
  SIGTRAP: 'trap',
  SIGSYS: 'bad system call',
  SIGPIPE: 'broken pipe',
  SIGXCPU: 'CPU time limit',
  SIGXFSZ: 'file size limit',
};

function signalText(signal: string): string {
  const meaning = signalMeanings[signal];
  return meaning ? `${signal} (${meaning})` : signal;
}
