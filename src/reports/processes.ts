import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { ProcessInfo, ProcessUsage } from '../protocol/limits.ts';
import type { CageStatus, ReapedWarden, Reaping, WardenSight } from '../protocol/messages.ts';
import { mechanismLabel } from './cage.ts';
import { oneLine, plural } from './excerpt.ts';

type Styled = (text: string) => string;

/** What is alive now, warden by warden. */
export function wardensText(wardens: readonly WardenSight[], bold: Styled): string {
  const told = wardens.filter(({ state, cages }) => state !== 'dead' || cages.length > 0);
  if (told.length === 0) return 'No warden of Bulkhead is alive, and none has left anything.';
  return told.map(warden => [bold(wardenText(warden)), ...warden.cages.flatMap(cageLines)].join('\n')).join('\n\n');
}

function wardenText({ pid, state, since, folders, memoryBytes, cages }: WardenSight): string {
  const where = folders.length > 0 ? ` for ${folders.map(folder => oneLine(folder, 120)).join(', ')}` : '';
  switch (state) {
    case 'alive': {
      const facts = [
        ...(since === null ? [] : [`for ${formatDuration(Date.now() - since)}`]),
        ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]),
        cages.length === 0 ? 'idle' : plural(cages.length, 'cage'),
      ];
      return `Warden ${pid}${where}: ${facts.join(', ')}`;
    }
    case 'dead':
      return `Dead warden ${pid}${where}: ${plural(cages.length, 'cage')} left behind; end what is in there with: bulkhead reap`;
    case 'elsewhere':
      return `Warden ${pid}${where}: in another container or on another machine, so it cannot be looked into from here`;
  }
}

function cageLines(cage: CageStatus): string[] {
  const { label, mechanism, memoryBytes, memoryCapBytes, ageMs, processes } = cage;
  const cap = memoryCapBytes === null ? '' : ` of ${formatBytes(memoryCapBytes)}`;
  const facts = [
    formatDuration(ageMs),
    ...(memoryBytes === null ? [] : [`${formatBytes(memoryBytes)}${cap}`]),
    mechanismLabel(mechanism),
  ];
  const rows = processes.map(cells);
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map(row => row[column]!)].map(length)),
  );
  const line = (row: readonly string[]) => `    ${row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')}`;
  return [
    `  ${oneLine(label, 120)} (${facts.join(', ')})`,
    ...(processes.length > 0 ? [`${line(headings)}  COMMAND`] : []),
    ...processes.map(({ command }, i) => `${line(rows[i]!)}  ${oneLine(command, 100)}`),
  ];
}

const headings = ['PID', 'PARENT', 'MEMORY', 'CPU', 'AGE'];

function cells({ pid, parent, memoryBytes, cpuMs, ageMs }: ProcessUsage): string[] {
  return [String(pid), String(parent), formatBytes(memoryBytes), formatDuration(cpuMs), formatDuration(ageMs)];
}

function length(text: string): number {
  return text.length;
}

export function reapingText({ wardens, unfinished }: Reaping): string {
  const lines = [...wardens.map(reapedText), ...unfinished.map(unfinishedText)];
  return lines.length === 0 ? 'Nothing to reap: no dead warden has left anything.' : lines.join('\n');
}

export function unfinishedText(unfinished: string): string {
  return `A control group that a dead warden has left could not be removed: ${unfinished}. The next start and "bulkhead reap" try again.`;
}

export function reapedText({ pid, cages, killed, survivors }: ReapedWarden): string {
  const of = `warden ${pid}, which had died with ${plural(cages.length, 'cage')}`;
  const done = killed.length === 0 ? `Nothing of ${of}, was alive any more.` : `Ended ${names(killed)} of ${of}.`;
  return survivors.length === 0 ? done : `${done} Could not be killed: ${names(survivors)}.`;
}

function names(processes: readonly ProcessInfo[]): string {
  const named = processes.slice(0, 5).map(({ pid, command }) => `${oneLine(command, 60)} (${pid})`);
  const more = processes.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
