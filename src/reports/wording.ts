import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { LeftProcess, LimitName } from '../protocol/limits.ts';
import type { TestIdentity } from '../protocol/tests.ts';
import type {
  Attribute,
  ErrorPhase,
  MemoryCause,
  ReachedLimit,
  TestRecord,
  TimeoutKind,
  Usage,
  VerdictKind,
} from '../protocol/verdict.ts';
import { firstLine, oneLine, plural } from './excerpt.ts';

export { advice } from './advice.ts';
export { assuranceText, cageText, fullyEnforced, mechanismLabel } from './cage.ts';

// The words of every client: terminal, editor, panel and reports. Nothing of Node may be imported here.

export function verdictLabel(kind: VerdictKind): string {
  switch (kind) {
    case 'passed':
      return 'Passed';
    case 'failed':
      return 'Failed';
    case 'skipped':
      return 'Skipped';
    case 'expected-failure':
      return 'Failed as expected';
    case 'unexpected-pass':
      return 'Passed unexpectedly';
    case 'error':
      return 'Error';
    case 'timed-out':
      return 'Timed out';
    case 'out-of-memory':
      return 'Out of memory';
    case 'limit-reached':
      return 'Limit reached';
    case 'crashed':
      return 'Crashed';
    case 'killed-outside':
      return 'Killed from outside';
    case 'exited-early':
      return 'Exited early';
    case 'cancelled':
      return 'Cancelled';
    case 'lost':
      return 'Lost';
  }
}

/** `suite › test`, on one line and bounded. */
export function titleText(test: Pick<TestIdentity, 'titlePath'>, most = 200): string {
  return oneLine(test.titlePath.map(title => oneLine(title, most)).join(' › '), most);
}

/** The first line of every message about a test: its category, then the numbers. */
export function headline(record: TestRecord): string {
  return [
    verdictText(record),
    ...notable(record)
      .map(consequence)
      .filter(text => text !== null),
  ].join(' · ');
}

/** The attributes that say more than the verdict does. */
export function notable({ verdict, attributes }: TestRecord): readonly Attribute[] {
  return verdict.kind === 'out-of-memory' ? attributes.filter(({ kind }) => kind !== 'near-memory-cap') : attributes;
}

function verdictText(record: TestRecord): string {
  const { verdict, durationMs, usage } = record;
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

/** What a limit limits, in the middle of a sentence. */
export function limitText(limit: LimitName): string {
  switch (limit) {
    case 'memory':
      return 'memory';
    case 'swap':
      return 'swap space';
    case 'processes':
      return 'processes';
    case 'openFiles':
      return 'open files';
    case 'fileSize':
      return 'file size';
    case 'disk':
      return 'disk space';
    case 'stack':
      return 'stack';
    case 'cpu':
      return 'CPU time';
    case 'network':
      return 'network';
    case 'nice':
      return 'niceness';
  }
}

function causeText(cause: MemoryCause): string {
  switch (cause) {
    case 'kernel':
      return 'killed by the kernel';
    case 'kernel-child':
      return 'a child process was killed by the kernel';
    case 'refused':
      return 'the kernel refused it more';
    case 'watched':
      return 'stopped by the memory watch';
    case 'heap':
      return "the runtime's own heap limit was reached";
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

/** What an attribute adds to the headline; null: it is told with the details only. */
function consequence(attribute: Attribute): string | null {
  switch (attribute.kind) {
    case 'leaked-processes':
      return `left ${plural(attribute.total, 'process', 'processes')} running (killed)`;
    case 'survivors':
      return `${plural(attribute.processes.length, 'process', 'processes')} could not be killed`;
    case 'near-memory-cap':
      return `at ${percent(attribute.fraction)} of the memory cap`;
    case 'leaked-pipe':
    case 'retried-by-framework':
    case 'output-truncated':
    case 'ignored-sigterm':
    case 'processes-refused':
    case 'limit-not-enforced':
    case 'protocol':
      return null;
  }
}

export function attributeText(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'leaked-processes':
      return `Left ${plural(attribute.total, 'process', 'processes')} running, ended by Bulkhead: ${processNames(attribute.processes, attribute.total)}`;
    case 'leaked-pipe':
      return 'Left its output open: something kept the pipe after the test had ended';
    case 'near-memory-cap':
      return `Came near its memory cap: ${percent(attribute.fraction)} of it`;
    case 'retried-by-framework':
      return `Retried by the framework ${plural(attribute.retries, 'time')}`;
    case 'output-truncated':
      return `Output shortened: ${formatBytes(attribute.droppedBytes)} left out of its middle`;
    case 'ignored-sigterm':
      return 'Ignored the request to end (SIGTERM) and was killed';
    case 'processes-refused':
      return `Was refused a new process or thread by the kernel ${plural(attribute.times, 'time')}`;
    case 'limit-not-enforced':
      return `The limit on ${limitText(attribute.limit)} was not enforced: ${oneLine(attribute.because, 300)}`;
    case 'survivors':
      return `Could not be killed: ${processNames(attribute.processes, attribute.processes.length)}`;
    case 'protocol':
      return `Its events were not in order: ${firstLine(attribute.problem)}`;
  }
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** What is known of a leftover beyond its command. */
export function leftText({ ageMs, startedBy = [], listensAt = [] }: LeftProcess): string {
  return [
    ...(listensAt.length > 0 ? [`listening on ${listensAt.slice(0, 3).join(', ')}`] : []),
    ...(startedBy.length > 0 ? [`started by ${startedBy.slice(0, 3).join(' ← ')}`] : []),
    ...(ageMs === undefined ? [] : [`${formatDuration(ageMs)} old`]),
  ].join(', ');
}

function processNames(processes: readonly LeftProcess[], total: number): string {
  const named = processes.slice(0, 5).map(process => {
    const more = oneLine(leftText(process), 200);
    return `${oneLine(process.command, 60) || 'unnamed'} (${process.pid}${more && `; ${more}`})`;
  });
  const more = total - named.length;
  return [...named, ...(more > 0 ? [`${more.toLocaleString('en-US')} more`] : [])].join(', ');
}
