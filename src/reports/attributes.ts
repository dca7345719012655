import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { LeftProcess, LimitName } from '../protocol/limits.ts';
import type { Attribute, LeakKind, SavedOutput, Verdict } from '../protocol/verdict.ts';
import { firstLine, oneLine, plural } from './excerpt.ts';
import { verdictLabel } from './labels.ts';

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
    case 'workspaceWrites':
      return 'discarded workspace writes';
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

/** What an attribute adds to the headline; null: it is told with the details only. */
export function consequence(attribute: Attribute): string | null {
  switch (attribute.kind) {
    case 'leaked-processes':
      return `left ${plural(attribute.total, 'process', 'processes')} running (killed)`;
    case 'survivors':
      return `${plural(attribute.processes.length, 'process', 'processes')} could not be killed`;
    case 'near-memory-cap':
      return `at ${percent(attribute.fraction)} of the memory cap`;
    case 'slow':
      return 'slow';
    case 'throttled':
      return `held back by a CPU quota for ${formatDuration(attribute.ms)}`;
    case 'unhandled-rejection':
      return `an error was handled by nobody: ${firstLine(attribute.failure.text)}`;
    case 'retried':
      return `${plural(attribute.earlier.length, 'earlier attempt')} failed (${kinds(attribute.earlier)})`;
    case 'run-alone':
      return attribute.before.kind === 'passed'
        ? null
        : `${verdictLabel(attribute.before.kind).toLowerCase()} beside the other tests of its cage`;
    case 'run-after-shortage':
      return 'ended once for memory that ran short around it, and run again alone';
    case 'known-failure-void':
      return attribute.because;
    case 'left-open':
    case 'left-behind':
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
    case 'slow':
      return `Slow: it took longer than ${formatDuration(attribute.thresholdMs)}`;
    case 'throttled':
      return `A CPU quota above it was used up ${plural(attribute.times, 'time')}: the kernel made everything under it wait, ${formatDuration(attribute.ms)} together`;
    case 'retried-by-framework':
      return `Retried by the framework ${plural(attribute.retries, 'time')}`;
    case 'output-truncated':
      return `Output shortened: ${formatBytes(attribute.droppedBytes)} left out of its middle${savedText(attribute)}`;
    case 'left-open':
      return `Left open what keeps its process from ending: ${oneLine(attribute.what.join(', '), 300)}`;
    case 'left-behind': {
      const { leak, what, total } = attribute;
      const more = total > what.length ? `, ${total - what.length} more` : '';
      return `Left ${leakText(leak)}: ${oneLine(what.join(', '), 300)}${more}`;
    }
    case 'unhandled-rejection':
      return `An error was handled by nobody, and the framework passes over it: ${firstLine(attribute.failure.text)}`;
    case 'retried':
      return `Tried ${plural(attribute.earlier.length + 1, 'time')}; before this verdict: ${kinds(attribute.earlier)}`;
    case 'run-alone':
      return `Run again alone, and that counts; beside the other tests of its cage: ${verdictLabel(attribute.before.kind).toLowerCase()}`;
    case 'run-after-shortage':
      return `Ended once, because memory ran short around it (${verdictLabel(attribute.before.kind).toLowerCase()}), and run again with nothing beside it: that counts`;
    case 'ignored-sigterm':
      return 'Ignored the request to end (SIGTERM) and was killed';
    case 'processes-refused':
      return `Was refused a new process or thread by the kernel ${plural(attribute.times, 'time')}`;
    case 'limit-not-enforced':
      return `The limit on ${limitText(attribute.limit)} was not enforced: ${oneLine(attribute.because, 300)}`;
    case 'known-failure-void':
      return `Its entry in the list of known failures does not hold: ${attribute.because}`;
    case 'survivors':
      return `Could not be killed: ${processNames(attribute.processes, attribute.processes.length)}`;
    case 'protocol':
      return `Its events were not in order: ${firstLine(attribute.problem)}`;
  }
}

function leakText(leak: LeakKind): string {
  switch (leak) {
    case 'changed-directory':
      return 'its working directory changed';
    case 'changed-umask':
      return 'its umask changed';
    case 'changed-environment':
      return 'its environment changed';
    case 'open-ports':
      return 'ports open';
    case 'running-threads':
      return 'threads running';
    case 'temporary-files':
      return 'temporary files behind';
  }
}

/** Where the rest of the output is. */
function savedText({ file, bytes = 0, missing }: SavedOutput): string {
  const because = missing === undefined ? '' : ` (${oneLine(missing, 300)})`;
  if (file === undefined) return because && `; there is no file of it${because}`;
  return `; ${because ? `its first ${formatBytes(bytes)}` : 'the whole'} in ${oneLine(file, 1000)}${because}`;
}

function kinds(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ kind }) => verdictLabel(kind).toLowerCase()).join(', ');
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** What is known of a leftover beyond its command. */
export function leftText({ ageMs, startedBy = [], listensAt = [] }: LeftProcess): string {
  return [
    ...(listensAt.length > 0 ? [`listening on ${firstThree(listensAt, ', ')}`] : []),
    ...(startedBy.length > 0 ? [`started by ${firstThree(startedBy, ' ← ')}`] : []),
    ...(ageMs === undefined ? [] : [`${formatDuration(ageMs)} old`]),
  ].join(', ');
}

function firstThree(all: readonly string[], between: string): string {
  return [...all.slice(0, 3), ...(all.length > 3 ? [`${all.length - 3} more`] : [])].join(between);
}

function processNames(processes: readonly LeftProcess[], total: number): string {
  const named = processes.slice(0, 5).map(process => {
    const more = oneLine(leftText(process), 200);
    return `${oneLine(process.command, 60) || 'unnamed'} (${process.pid}${more && `; ${more}`})`;
  });
  const more = total - named.length;
  return [...named, ...(more > 0 ? [`${more.toLocaleString('en-US')} more`] : [])].join(', ');
}
