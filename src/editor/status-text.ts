import { formatBytes } from '../config/quantities.ts';
import type { PanelRecord } from '../panel/messages.ts';
import type { CageDescription, CageProperties } from '../protocol/limits.ts';
import type { CageStatus } from '../protocol/messages.ts';
import { isFailure, type VerdictKind, verdictKinds } from '../protocol/verdict.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';
import { t } from './texts.ts';

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
    const one = survivors === 1;
    return {
      text: `$(alert) ${one ? t('1 process not killed') : t('{0} processes not killed', survivors)}`,
      spoken: one
        ? t('Bulkhead: 1 process could not be killed')
        : t('Bulkhead: {0} processes could not be killed', survivors),
    };
  }
  switch (state.kind) {
    case 'idle':
      return { text: '$(beaker) Bulkhead', spoken: t('Bulkhead: no tests have run yet') };
    case 'running':
      return running(state.finished, state.planned, state.live);
    case 'ended':
      return ended(state.counts, state.planned, state.how);
    case 'lost':
      return {
        text: `$(error) ${t('Run ended early')}`,
        spoken: t('Bulkhead: the run ended early. {0}', state.because),
      };
  }
}

function running(finished: number, planned: number, live: LiveNumbers | null): StatusText {
  const progress = planned === 0 ? t('starting') : `${finished}/${planned}`;
  const numbers = live
    ? [formatBytes(live.memoryBytes), live.processes === 1 ? t('1 proc') : t('{0} procs', live.processes)]
    : [];
  const done = t('Bulkhead: {0} of {1} tests done', finished, planned);
  const using = live && t('{0} in {1} processes', formatBytes(live.memoryBytes), live.processes);
  const spoken = planned === 0 ? t('Bulkhead: the run is starting') : [done, ...(using ? [using] : [])].join(', ');
  return { text: `$(sync~spin) ${[progress, ...numbers].join(' · ')}`, spoken };
}

function ended(counts: Counts, planned: number, how: 'done' | 'stopped'): StatusText {
  const count = (kind: VerdictKind) => counts[kind] ?? 0;
  const failed = verdictKinds.filter(isFailure).reduce((sum, kind) => sum + count(kind), 0);
  const passed = count('passed');
  if (failed > 0) {
    const stopped = how === 'stopped' ? ` · ${t('stopped')}` : '';
    return {
      text: `$(error) ${t('{0} failed of {1}', failed, planned)}${stopped}`,
      spoken: t('Bulkhead: {0} of {1} tests failed', failed, planned),
    };
  }
  if (how === 'stopped') {
    const ran = planned - count('cancelled');
    return {
      text: `$(circle-slash) ${t('stopped')} · ${t('{0} of {1} ran', ran, planned)}`,
      spoken: t('Bulkhead: stopped after {0} of {1} tests', ran, planned),
    };
  }
  if (planned === 0) return { text: `$(beaker) ${t('no tests ran')}`, spoken: t('Bulkhead: no tests ran') };
  const skipped = count('skipped') > 0 ? [t('{0} skipped', count('skipped'))] : [];
  return {
    text: `$(pass) ${[t('{0} passed', passed), ...skipped].join(' · ')}`,
    spoken: [t('Bulkhead: {0} tests passed', passed), ...skipped].join(', '),
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
    ...(live
      ? [
          t(
            '{0} in {1} of {2}',
            formatBytes(live.memoryBytes),
            plural(live.processes, 'process', 'processes'),
            plural(live.cages, 'cage'),
          ),
        ]
      : []),
    ...(cage
      ? [t('Cage: **{0}**', cage.label), ...assurances(cage.properties)]
      : [t('The cage is chosen when the first test is listed or run.')]),
  ];
}

const mostLines = 5;

/** The living cages that hold the most, each with its cap. */
export function cageLines(cages: readonly CageStatus[]): string[] {
  const lines = cages
    .toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))
    .slice(0, mostLines)
    .map(({ label, memoryBytes, memoryCapBytes, processes }) => {
      const memory = memoryBytes === null ? [] : [memoryText(memoryBytes, memoryCapBytes)];
      return `${oneLine(label, 60)}: ${[...memory, plural(processes.length, 'process', 'processes')].join(', ')}`;
    });
  return cages.length > mostLines ? [...lines, t('and {0} more', cages.length - mostLines)] : lines;
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
    return this.#rows.map(({ title, bytes, cap }) => `${oneLine(title, 60)}: ${memoryText(bytes, cap)}`);
  }
}

/** How much, and of what it may have. */
export function memoryText(bytes: number, cap: number | null): string {
  return cap === null ? formatBytes(bytes) : t('{0} of {1}', formatBytes(bytes), formatBytes(cap));
}

function assurances(properties: CageProperties): string[] {
  const named: [string, keyof CageProperties][] = [
    [t('memory'), 'memory'],
    [t('processes'), 'processes'],
    [t('clean-up'), 'cleanup'],
  ];
  return named.map(([label, key]) => {
    const assurance = properties[key];
    switch (assurance.level) {
      case 'enforced':
        return `- ${t('{0}: enforced by {1}', label, assurance.by)}`;
      case 'watched':
        return `- ${t('{0}: watched, {1}', label, assurance.how)}`;
      case 'unavailable':
        return `- ${t('{0}: not available here, because {1}', label, assurance.because)}`;
    }
  });
}
