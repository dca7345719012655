import type { CageDescription } from '../protocol/limits.ts';
import type { PastVerdict } from '../protocol/history.ts';
import { plural } from '../reports/excerpt.ts';
import { cageOfTest } from './cage.ts';
import { button, type Child, el, muted } from './dom.ts';
import { failureOf } from './failure.ts';
import { historyOf } from './history.ts';
import { icon } from './icons.ts';
import type { FromPanel, PanelDetails, PanelProcess, PanelRecord, ResourceRow, ToPanel } from './messages.ts';
import { outputOf } from './output.ts';
import { plainTable } from './plain-table.ts';
import { timelineOf } from './timeline.ts';

export interface DetailsEvents {
  readonly onClose: () => void;
  /** Something is asked of the host. */
  readonly onAsk: (message: FromPanel) => void;
}

export interface ToldDetails {
  readonly details: PanelDetails;
  readonly resources: readonly ResourceRow[];
}

/** Null: the host does not have them any more. */
export function toldIn({ details, resources }: Extract<ToPanel, { type: 'details' }>): ToldDetails | null {
  return details && { details, resources };
}

/** Everything about one test: first what happened and what to do, then the evidence. */
export class DetailsPane {
  readonly element = el('aside.details', { id: 'details', hidden: true });
  readonly #events: DetailsEvents;

  constructor(events: DetailsEvents) {
    this.#events = events;
  }

  /** `undefined`: not here yet. `null`: the host does not have them any more. */
  show(record: PanelRecord, told: ToldDetails | null | undefined, cage: CageDescription | null): void {
    this.element.hidden = false;
    this.element.setAttribute('aria-label', `Details of ${record.title}`);
    const body = told
      ? bodyOf(record, told, cage, this.#events.onAsk)
      : [muted(told === null ? forgotten : 'Loading…')];
    this.element.replaceChildren(...this.#head(record, told?.details), ...body);
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

  #head(record: PanelRecord, details: PanelDetails | undefined): Node[] {
    const { key } = record;
    const { onAsk } = this.#events;
    // A leak is not hidden behind the green of a test that passed.
    const mood = record.kind === 'passed' && record.leaked > 0 ? 'leaked' : record.kind;
    const copy = button('button.secondary', () => onAsk({ type: 'copy', key }), { disabled: !details }, 'Copy details');
    return [
      el(
        'div.details-title',
        el('span.mark', { 'data-kind': record.kind }, icon(record.kind)),
        el('h2', record.title),
        button(
          'button.bare',
          this.#events.onClose,
          { 'aria-label': 'Close details', title: 'Close (Escape)' },
          icon('close'),
        ),
      ),
      el('p.where', record.suite !== '' && el('span', record.suite), el('span', `${record.folder}/${record.file}`)),
      el('p.headline', { 'data-kind': mood }, record.headline),
      ...(details?.advice ? [el('p.advice', el('strong', 'What to do: '), details.advice)] : []),
      el(
        'div.actions',
        button('button', () => onAsk({ type: 'reveal', key }), 'Reveal test'),
        button('button.secondary', () => onAsk({ type: 'rerun', keys: [key] }), 'Run again'),
        copy,
      ),
    ];
  }
}

const forgotten = 'The details of this test are no longer kept. Run it again to see them.';

function bodyOf(
  record: PanelRecord,
  { details, resources }: ToldDetails,
  cage: CageDescription | null,
  onAsk: DetailsEvents['onAsk'],
): Node[] {
  const { messages, moreMessages, why, attributes, leftovers, moreLeftovers, output, processes, startedAt } = details;
  const { key, shared } = record;
  const failures = messages.map((each, i) => failureOf(each, () => onAsk({ type: 'openMessage', key, message: i })));
  const began: ResourceRow = ['Started', startedAt === null ? 'never' : new Date(startedAt).toLocaleTimeString(), null];
  return [
    ...section(
      'What happened',
      failures.length > 0 && el('div', ...failures),
      moreMessages > 0 && muted(`${plural(moreMessages, 'more message')}: see the full output.`),
    ),
    ...section('Why this verdict', why.length > 0 && el('ul', ...why.map(sentence => el('li', sentence)))),
    ...section('Also noticed', attributes.length > 0 && el('ul', ...attributes.map(text => el('li', text)))),
    ...section(
      'Left processes',
      leftovers.length > 0 && leftoversOf(leftovers),
      moreLeftovers > 0 && muted(`and ${plural(moreLeftovers, 'more process', 'more processes')}`),
    ),
    ...section(shared ? 'Processes of the cage that it shared' : 'Processes', ...treeOf(processes)),
    ...section(
      'Resources',
      plainTable('Resources', ['', shared ? 'Used (shared)' : 'Used', 'Limit'], [began, ...resources]),
    ),
    ...section(shared ? 'Over time, in the cage that it shared' : 'Over time', timelineOf(details)),
    ...section('Cage', cageOfTest(record.cage, cage)),
    ...section(
      'Output',
      outputOf(output, () => onAsk({ type: 'openOutput', key })),
    ),
  ];
}

function section(heading: string, ...content: readonly Child[]): Node[] {
  return content.some(Boolean) ? [el('section', el('h3', heading), ...content)] : [];
}

function leftoversOf(leftovers: PanelDetails['leftovers']): HTMLElement {
  const rows = leftovers.map(({ pid, command, about }) => [String(pid), el('code', command || 'unnamed'), about]);
  return plainTable('Left processes', ['Process', 'Command', 'Known of it'], rows);
}

/** As far as they were seen. */
function treeOf(processes: readonly PanelProcess[]): HTMLElement[] {
  if (processes.length === 0) return [];
  const rows = processes.map(({ pid, name, left, children }) =>
    el('li', el('code', name), ` ${pid}`, left && ' · left behind', ...treeOf(children)),
  );
  return [el('ul.tree', ...rows)];
}
