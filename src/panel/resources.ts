import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { PanelDetails, PanelRecord, ResourceRow } from './messages.ts';

/** What a test used of each thing, beside what it was allowed. The host puts it into words when a test is looked at. */
export function resourcesOf(record: PanelRecord, { limits, storage }: PanelDetails): ResourceRow[] {
  const used = known('not measured');
  const limit = known('none');
  return [
    ['Duration', used(record.durationMs, formatDuration), limit(limits.timeoutMs, formatDuration)],
    ['Peak memory', used(record.peakMemoryBytes, formatBytes), limit(limits.memoryBytes, formatBytes)],
    ['Swap', null, limits.swapBytes === 0 ? 'not allowed' : formatBytes(limits.swapBytes)],
    ['CPU', used(record.cpuMs, formatDuration), ofEach(limits.cpuMs, formatDuration)],
    ['Processes at once', used(record.maxProcesses, String), limit(limits.processes, String)],
    ['Read from storage', used(storage && storage.readBytes, formatBytes), null],
    ['Written to storage', used(storage && storage.writtenBytes, formatBytes), null],
    ...furtherLimits(limits),
  ];
}

/** Limits that nothing is measured for, where they are set. */
function furtherLimits(limits: PanelDetails['limits']): ResourceRow[] {
  const set = known(null);
  const rows: [string, string | null][] = [
    ['Output', set(limits.outputLimitBytes, formatBytes)],
    ['Silence', set(limits.idleMs, formatDuration)],
    ['Open files', ofEach(limits.openFiles, String)],
    ['File size', set(limits.fileBytes, formatBytes)],
    ['Temporary folder', set(limits.diskBytes, formatBytes)],
    ['Writes in the workspace', limits.workspaceWrites === 'kept' ? null : limits.workspaceWrites],
    ['Stack', ofEach(limits.stackBytes, formatBytes)],
    ['Network', limits.network ? null : 'off'],
    ['Niceness', limits.nice === 0 ? null : String(limits.nice)],
  ];
  return rows.flatMap(([name, most]) => (most === null ? [] : [[name, null, most]]));
}

type Format = (value: number) => string;

function ofEach(value: number | null, format: Format): string | null {
  return value === null ? null : `${format(value)} a process`;
}

function known<T>(otherwise: T): (value: number | null, format: Format) => string | T {
  return (value, format) => (value === null ? otherwise : format(value));
}
