import { basename } from 'node:path';
import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { ProcessUsage } from '../protocol/limits.ts';
import type { CageStatus, WardenSight, WardenStatus } from '../protocol/messages.ts';
import { mechanismLabel } from '../reports/cage.ts';
import { inspectedAt } from './inspected.ts';
import { memoryText } from './status-text.ts';
import { t } from './texts.ts';
import { oneLine, plural } from '../reports/excerpt.ts';

/** What one row of the Processes view stands for. */
export type Row =
  | { readonly kind: 'warden'; readonly warden: WardenStatus }
  | { readonly kind: 'cage'; readonly cage: CageStatus }
  /** A warden that is dead, of which processes live on. */
  | { readonly kind: 'leftover'; readonly warden: WardenSight }
  | { readonly kind: 'left-cage'; readonly cage: CageStatus }
  | { readonly kind: 'process'; readonly cage: string; readonly process: ProcessUsage };

export interface RowText {
  /** The same for as long as the thing lives, so that the row stays selected and unfolded. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** For a screen reader: whole words. */
  readonly spoken: string;
  /** What the menus ask. */
  readonly context: 'warden' | 'cage' | 'cage.test' | 'leftover' | 'left' | 'process' | 'process.debuggable';
}

export function childrenOf(row: Row): Row[] {
  switch (row.kind) {
    case 'warden':
      return row.warden.cages.map(cage => ({ kind: 'cage', cage }));
    case 'leftover':
      return row.warden.cages.map(cage => ({ kind: 'left-cage', cage }));
    case 'cage':
    case 'left-cage':
      return row.cage.processes.map(process => ({ kind: 'process', cage: row.cage.name, process }));
    case 'process':
      return [];
  }
}

export function rowText(row: Row): RowText {
  switch (row.kind) {
    case 'warden':
      return wardenRow(row.warden);
    case 'cage':
      return cageRow(row.cage);
    case 'leftover':
      return leftoverRow(row.warden);
    case 'left-cage':
      return { ...cageRow(row.cage), context: 'left' };
    case 'process':
      return processRow(row.cage, row.process);
  }
}

function wardenRow({ pid, memoryBytes, uptimeMs, cages }: WardenStatus): RowText {
  const doing = cages.length === 0 ? t('idle') : plural(cages.length, 'cage');
  const memory = formatBytes(memoryBytes);
  return {
    id: `warden ${pid}`,
    label: t('Warden {0}', pid),
    description: `${doing} · ${memory}`,
    tooltip: t(
      'The process of Bulkhead that starts, watches and ends the tests of this window; alive for {0}.',
      age(uptimeMs),
    ),
    spoken: t('Warden, process {0}, {1}, uses {2} itself', pid, doing, memory),
    context: 'warden',
  };
}

function leftoverRow({ pid, since, folders, cages }: WardenSight): RowText {
  const processes = cages.flatMap(cage => cage.processes);
  const count = plural(processes.length, 'process', 'processes');
  const memory = formatBytes(processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0));
  const where = folders.length > 0 ? ` for ${folders.map(folder => oneLine(folder, 120)).join(', ')}` : '';
  return {
    id: `leftover ${pid} ${since ?? ''}`,
    label: t('Left by an earlier run'),
    description: `${count} · ${memory}`,
    tooltip: t(
      'Warden {0}{1} was killed, and these processes of its tests live on. Nothing of this window is among them: Reap Leftovers ends them.',
      pid,
      where,
    ),
    spoken: t('Left by an earlier run of warden {0}: {1}, memory {2}', pid, count, memory),
    context: 'leftover',
  };
}

function cageRow({ name, label, test, mechanism, memoryBytes, memoryCapBytes, processes, ageMs }: CageStatus): RowText {
  const title = oneLine(label, 120);
  const memory = memoryBytes === null ? [] : [memoryText(memoryBytes, memoryCapBytes)];
  const count = plural(processes.length, 'process', 'processes');
  const spoken = memory.map(text => t('memory {0}', text));
  return {
    id: `cage ${name}`,
    label: title,
    description: [...memory, age(ageMs)].join(' · '),
    tooltip: [oneLine(label, 500), t('{0} in a cage of the kind "{1}"', count, mechanismLabel(mechanism))].join('\n'),
    spoken: [t('Cage of {0}', title), ...spoken, count, t('alive for {0}', age(ageMs))].join(', '),
    context: test === null ? 'cage' : 'cage.test',
  };
}

function processRow(cage: string, { pid, parent, started, command, memoryBytes, cpuMs, ageMs }: ProcessUsage): RowText {
  const name = programOf(command);
  const inspected = inspectedAt(command);
  const memory = formatBytes(memoryBytes);
  return {
    id: `process ${cage} ${pid} ${started}`,
    label: name,
    description: `${pid} · ${memory} · CPU ${age(cpuMs)}`,
    tooltip: [
      oneLine(command, 500),
      t('Process {0}, started by {1}; {2} of CPU time in {3}', pid, parent, formatDuration(cpuMs), age(ageMs)),
      ...(inspected ? [t('Open to a debugger at {0}', `${inspected.host}:${inspected.port}`)] : []),
    ].join('\n'),
    spoken: t('Process {0}, number {1}, memory {2}, alive for {3}', name, pid, memory, age(ageMs)),
    context: inspected ? 'process.debuggable' : 'process',
  };
}

/** In whole seconds: a row that says something new at each look cannot be read. */
function age(ms: number): string {
  return formatDuration(Math.floor(ms / 1000) * 1000);
}

function programOf(command: string): string {
  const [program = ''] = oneLine(command, 500).split(' ');
  return basename(program) || 'unnamed';
}
