import { formatBytes } from '../config/quantities.ts';
import type { PanelRecord } from '../panel/messages.ts';
import type { CageDescription, CageProperties } from '../protocol/limits.ts';
import type { CageStatus } from '../protocol/messages.ts';
import { isFailure, type VerdictKind, verdictKinds } from '../protocol/verdict.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';

export type Counts = Readonly<Partial<Record<VerdictKind, number>>>;

export interface LiveNumbers {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cages: number;
}

export type StatusState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly finished: number; readonly planned: number; readonly live: LiveNumbers | null }
  | { readonly kind: 'ended'; readonly counts: Counts; readonly planned: number; readonly how: 'done' | 'stopped' }
  | { readonly kind: 'lost'; readonly because: string };

export interface StatusText {
  readonly text: string;
  /** For a screen reader: no icons, whole words. */
  readonly spoken: string;
}

export function statusText(state: StatusState, survivors: number): StatusText {
  if (survivors > 0) {
    const processes = survivors === 1 ? '1 process' : `${survivors} processes`;
    return { text: `$(alert) ${processes} not killed`, spoken: `Bulkhead: ${processes} could not be killed` };
  }
  switch (state.kind) {
    case 'idle':
      return { text: '$(beaker) Bulkhead', spoken: 'Bulkhead: no tests have run yet' };
    case 'running':
      return running(state.finished, state.planned, state.live);
    case 'ended':
      return ended(state.counts, state.planned, state.how);
    case 'lost':
      return { text: '$(error) Run ended early', spoken: `Bulkhead: the run ended early. ${state.because}` };
  }
}

function running(finished: number, planned: number, live: LiveNumbers | null): StatusText {
  const progress = planned === 0 ? 'starting' : `${finished}/${planned}`;
  const numbers = live
    ? [formatBytes(live.memoryBytes), `${live.processes} ${live.processes === 1 ? 'proc' : 'procs'}`]
    : [];
  const spokenLive = live ? `, ${formatBytes(live.memoryBytes)} in ${live.processes} processes` : '';
  const spoken =
    planned === 0 ? 'Bulkhead: the run is starting' : `Bulkhead: ${finished} of ${planned} tests done${spokenLive}`;
  return { text: `$(sync~spin) ${[progress, ...numbers].join(' · ')}`, spoken };
}

function ended(counts: Counts, planned: number, how: 'done' | 'stopped'): StatusText {
  const count = (kind: VerdictKind) => counts[kind] ?? 0;
  const failed = verdictKinds.filter(isFailure).reduce((sum, kind) => sum + count(kind), 0);
  const passed = count('passed');
  if (failed > 0) {
    const stopped = how === 'stopped' ? ' · stopped' : '';
    return {
      text: `$(error) ${failed} failed of ${planned}${stopped}`,
      spoken: `Bulkhead: ${failed} of ${planned} tests failed`,
    };
  }
  if (how === 'stopped') {
    const ran = planned - count('cancelled');
    return {
      text: `$(circle-slash) stopped · ${ran} of ${planned} ran`,
      spoken: `Bulkhead: stopped after ${ran} of ${planned} tests`,
    };
  }
  if (planned === 0) return { text: '$(beaker) no tests ran', spoken: 'Bulkhead: no tests ran' };
  const skipped = count('skipped') > 0 ? ` · ${count('skipped')} skipped` : '';
  return {
    text: `$(pass) ${passed} passed${skipped}`,
    spoken: `Bulkhead: ${passed} tests passed${skipped.replace(' ·', ',')}`,
  };
}

/** Lines of Markdown; nothing in them comes from the workspace. */
export function statusDetails(state: StatusState, counts: Counts, cage: CageDescription | null): string[] {
  const present = verdictKinds.filter(kind => (counts[kind] ?? 0) > 0);
  const live = state.kind === 'running' ? state.live : null;
  return [
    ...(present.length > 0
      ? [present.map(kind => `${counts[kind]} ${verdictLabel(kind).toLowerCase()}`).join(', ')]
      : []),
    ...(live ? [`${formatBytes(live.memoryBytes)} in ${live.processes} processes of ${live.cages} cages`] : []),
    ...(cage
      ? [`Cage: **${cage.label}**`, ...assurances(cage.properties)]
      : ['The cage is chosen when the first test is listed or run.']),
  ];
}

const mostLines = 5;

/** The living cages that hold the most, each with its cap. */
export function cageLines(cages: readonly CageStatus[]): string[] {
  const lines = cages
    .toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))
    .slice(0, mostLines)
    .map(({ label, memoryBytes, memoryCapBytes, processes }) => {
      const cap = memoryCapBytes === null ? '' : ` of ${formatBytes(memoryCapBytes)}`;
      const memory = memoryBytes === null ? [] : [`${formatBytes(memoryBytes)}${cap}`];
      return `${oneLine(label, 60)}: ${[...memory, plural(processes.length, 'process', 'processes')].join(', ')}`;
    });
  return cages.length > mostLines ? [...lines, `and ${cages.length - mostLines} more`] : lines;
}

/** The tests of a run that used the most memory, kept as they come. */
export class TopMemory {
  #rows: { readonly title: string; readonly bytes: number; readonly cap: number | null }[] = [];

  add({ title, peakMemoryBytes, memoryCapBytes, shared }: PanelRecord): void {
    if (peakMemoryBytes === null || shared) return;
    if (this.#rows.length === mostLines && peakMemoryBytes <= this.#rows.at(-1)!.bytes) return;
    this.#rows.push({ title, bytes: peakMemoryBytes, cap: memoryCapBytes });
    this.#rows = this.#rows.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostLines);
  }

  lines(): string[] {
    return this.#rows.map(({ title, bytes, cap }) => {
      const most = cap === null ? '' : ` of ${formatBytes(cap)}`;
      return `${oneLine(title, 60)}: ${formatBytes(bytes)}${most}`;
    });
  }
}

function assurances(properties: CageProperties): string[] {
  const named: [string, keyof CageProperties][] = [
    ['memory', 'memory'],
    ['processes', 'processes'],
    ['clean-up', 'cleanup'],
  ];
  return named.map(([label, key]) => {
    const assurance = properties[key];
    switch (assurance.level) {
      case 'enforced':
        return `- ${label}: enforced by ${assurance.by}`;
      case 'watched':
        return `- ${label}: watched, ${assurance.how}`;
      case 'unavailable':
        return `- ${label}: not available here, because ${assurance.because}`;
    }
  });
}
