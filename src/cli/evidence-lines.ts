import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import { mechanismLabel } from '../reports/wording.ts';

const longestSentence = 500;

/** Why a test has its verdict, a sentence a line, and the numbers that were measured beside their limits. */
export function evidenceLines(record: TestRecord): string[] {
  const [first = 'nothing is on record', ...rest] = record.why.map(sentence => oneLine(sentence, longestSentence));
  return [`why: ${first}`, ...rest.map(sentence => `     ${sentence}`), `measured: ${numbers(record)}`];
}

function numbers({ durationMs, usage, limits, cage }: TestRecord): string {
  const { peakMemoryBytes, cpuMs, maxProcesses, shared } = usage;
  const { memoryBytes, timeoutMs, processes } = limits;
  const within = (limit: string | null) => (limit === null ? '' : ` of ${limit}`);
  return [
    durationMs === null
      ? 'never started'
      : formatDuration(durationMs) + within(timeoutMs === null ? null : formatDuration(timeoutMs)),
    ...(peakMemoryBytes === null
      ? []
      : [`${formatBytes(peakMemoryBytes)} memory${within(memoryBytes === null ? null : formatBytes(memoryBytes))}`]),
    ...(cpuMs === null ? [] : [`${formatDuration(cpuMs)} CPU`]),
    ...(maxProcesses === null
      ? []
      : [plural(maxProcesses, 'process', 'processes') + within(processes === null ? null : String(processes))]),
    `cage: ${mechanismLabel(cage)}${shared ? ', shared with other tests' : ''}`,
  ].join(' · ');
}
