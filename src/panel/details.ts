import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { CageDescription } from '../protocol/limits.ts';
import type { PastVerdict } from '../protocol/history.ts';
import type { TestKey } from '../protocol/tests.ts';
import { plural } from '../reports/excerpt.ts';
import { cageOfTest } from './cage.ts';
import { button, type Child, el, muted } from './dom.ts';
import { failureOf } from './failure.ts';
import { historyOf } from './history.ts';
import { icon } from './icons.ts';
import type { PanelDetails, PanelRecord } from './messages.ts';
import { outputOf } from './output.ts';
import { plainTable } from './plain-table.ts';
import { timelineOf } from './timeline.ts';

export interface DetailsEvents {
  readonly onClose: () => void;
  readonly onReveal: (key: TestKey) => void;
  readonly onRerun: (key: TestKey) => void;
  readonly onCopy: (record: PanelRecord, details: PanelDetails) => void;
  readonly onOpenOutput: (key: TestKey) => void;
  readonly onOpenMessage: (key: TestKey, message: number) => void;
}

/** Everything about one test: first what happened and what to do, then the evidence. */
export class DetailsPane {
  readonly element = el('aside', { class: 'details', id: 'details', hidden: true });
  readonly #events: DetailsEvents;

  constructor(events: DetailsEvents) {
    this.#events = events;
  }

  /** `undefined`: not here yet. `null`: the host does not have them any more. */
  show(record: PanelRecord, details: PanelDetails | null | undefined, cage: CageDescription | null): void {
    this.element.hidden = false;
    this.element.setAttribute('aria-label', `Details of ${record.title}`);
    this.element.replaceChildren(...this.#head(record, details), ...bodyOf(record, details, cage, this.#events));
    this.element.scrollTop = 0;
  }

  /** Of the test that is shown. */
  addHistory(past: readonly PastVerdict[]): void {
    this.element.querySelector('.history')?.parentElement?.remove();
    this.element.append(...section('History', past.length > 1 && historyOf(past)));
  }

  hide(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  #head(record: PanelRecord, details: PanelDetails | null | undefined): Node[] {
    const { key } = record;
    // A leak is not hidden behind the green of a test that passed.
    const mood = record.kind === 'passed' && record.leaked > 0 ? 'leaked' : record.kind;
    const copy = button(
      { class: 'secondary', disabled: !details },
      () => details && this.#events.onCopy(record, details),
      'Copy details',
    );
    return [
      el(
        'div',
        { class: 'details-title' },
        el('span', { class: 'mark', 'data-kind': record.kind }, icon(record.kind)),
        el('h2', {}, record.title),
        button(
          { class: 'bare', 'aria-label': 'Close details', title: 'Close (Escape)' },
          this.#events.onClose,
          icon('close'),
        ),
      ),
      el(
        'p',
        { class: 'where' },
        record.suite !== '' && el('span', {}, record.suite),
        el('span', {}, `${record.folder}/${record.file}`),
      ),
      el('p', { class: 'headline', 'data-kind': mood }, record.headline),
      ...(details?.advice ? [el('p', { class: 'advice' }, el('strong', {}, 'What to do: '), details.advice)] : []),
      el(
        'div',
        { class: 'actions' },
        button({}, () => this.#events.onReveal(key), 'Reveal test'),
        button({ class: 'secondary' }, () => this.#events.onRerun(key), 'Run again'),
        copy,
      ),
    ];
  }
}

function bodyOf(
  record: PanelRecord,
  details: PanelDetails | null | undefined,
  cage: CageDescription | null,
  events: DetailsEvents,
): Node[] {
  if (details === undefined) return [muted('Loading…')];
  if (details === null) return [muted('The details of this test are no longer kept. Run it again to see them.')];
  const { messages, moreMessages, why, attributes, leftovers, moreLeftovers, output } = details;
  const failures = messages.map((message, i) => failureOf(message, () => events.onOpenMessage(record.key, i)));
  return [
    ...section(
      'What happened',
      failures.length > 0 && el('div', {}, ...failures),
      moreMessages > 0 && muted(`${plural(moreMessages, 'more message')}: see the full output.`),
    ),
    ...section('Why this verdict', why.length > 0 && el('ul', {}, ...why.map(sentence => el('li', {}, sentence)))),
    ...section('Also noticed', attributes.length > 0 && el('ul', {}, ...attributes.map(text => el('li', {}, text)))),
    ...section(
      'Left processes',
      leftovers.length > 0 && leftoversOf(leftovers),
      moreLeftovers > 0 && muted(`and ${plural(moreLeftovers, 'more process', 'more processes')}`),
    ),
    ...section('Resources', resourcesOf(record, details)),
    ...section(record.shared ? 'Over time, in the cage that it shared' : 'Over time', timelineOf(details)),
    ...section('Cage', cageOfTest(record.cage, cage)),
    ...section(
      'Output',
      outputOf(output, () => events.onOpenOutput(record.key)),
    ),
  ];
}

function section(heading: string, ...content: readonly Child[]): Node[] {
  return content.some(Boolean) ? [el('section', {}, el('h3', {}, heading), ...content)] : [];
}

function leftoversOf(leftovers: PanelDetails['leftovers']): HTMLElement {
  const rows = leftovers.map(({ pid, command }) => [String(pid), el('code', {}, command || 'unnamed')]);
  return plainTable({ class: 'leftovers' }, ['Process', 'Command'], rows);
}

function resourcesOf(record: PanelRecord, { limits, startedAt }: PanelDetails): HTMLElement {
  const used = known('not measured');
  const limit = known('none');
  const rows: [string, string | null, string | null][] = [
    ['Started', known('never')(startedAt, at => new Date(at).toLocaleTimeString()), null],
    ['Duration', used(record.durationMs, formatDuration), limit(limits.timeoutMs, formatDuration)],
    ['Peak memory', used(record.peakMemoryBytes, formatBytes), limit(limits.memoryBytes, formatBytes)],
    ['Swap', null, limits.swapBytes === 0 ? 'not allowed' : formatBytes(limits.swapBytes)],
    ['CPU', used(record.cpuMs, formatDuration), ofEach(limits.cpuMs, formatDuration)],
    ['Processes at once', used(record.maxProcesses, String), limit(limits.processes, String)],
    ...furtherLimits(limits),
  ];
  return plainTable({ class: 'resources' }, ['', record.shared ? 'Used (shared)' : 'Used', 'Limit'], rows);
}

/** Limits that nothing is measured for, where they are set. */
function furtherLimits(limits: PanelDetails['limits']): [string, null, string][] {
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
