import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { Problem } from '../protocol/messages.ts';
import { cageLine } from './cage.ts';
import { button, el, setText } from './dom.ts';
import { type Icon, icon } from './icons.ts';
import { count, elapsedMs, missingText, type Phase, phaseOf, phaseText, type RunState, type Tally } from './run.ts';

const facts = ['Started', 'Duration', 'Memory', 'Cages', 'Processes'] as const;
type Fact = (typeof facts)[number];

/** The top of the report: what ran, how far it is, what it uses now, and in which cage. */
export class Head {
  readonly element: HTMLElement;
  readonly #title = el('h1');
  readonly #mark = el('span.mark');
  readonly #phase = el('strong');
  readonly #facts = new Map<Fact, HTMLElement>();
  readonly #cage = el('div');
  readonly #notes = el('ul.notes');
  readonly #stop: HTMLButtonElement;
  #marked: Icon | null = null;

  constructor(actions: HTMLElement, onStop: () => void) {
    this.#stop = button('button.secondary', onStop, 'Stop');
    actions.prepend(this.#stop);
    for (const fact of facts) this.#facts.set(fact, el('dd'));
    this.element = el(
      'header.head',
      el('div.title-line', this.#title, actions),
      el(
        'div.state-line',
        el('p.phase', this.#mark, this.#phase),
        el('dl.facts', ...facts.map(fact => el('div', el('dt', fact), this.#facts.get(fact)))),
      ),
      this.#cage,
      this.#notes,
    );
  }

  show(state: RunState, tally: Tally, now: number): void {
    const phase = phaseOf(state);
    setText(this.#title, state.head.title);
    setText(this.#phase, phaseText(state, tally));
    this.#showMark(markOf(phase, tally));
    this.#showFacts(state, phase, now);
    this.#stop.hidden = phase !== 'running';
    if (this.#cage.childElementCount === 0 && state.head.cage) this.#cage.append(cageLine(state.head.cage));
    this.#showNotes(state, tally.done);
  }

  /** Another run may have another cage. */
  forget(): void {
    this.#cage.replaceChildren();
    this.#notes.replaceChildren();
  }

  #showMark(mark: Icon): void {
    if (mark === this.#marked) return;
    this.#marked = mark;
    this.#mark.dataset.kind = mark;
    this.#mark.replaceChildren(icon(mark));
  }

  #showFacts(state: RunState, phase: Phase, now: number): void {
    const live = phase === 'running' ? state.live : null;
    const elapsed = elapsedMs(state, now);
    this.#showFact('Started', clockText(new Date(state.head.startedAt)));
    // A running clock that shows hundredths only distracts.
    this.#showFact('Duration', formatDuration(phase === 'running' ? Math.floor(elapsed / 1000) * 1000 : elapsed));
    this.#showFact('Memory', live && formatBytes(live.memoryBytes));
    this.#showFact('Cages', live && count(live.cages));
    this.#showFact('Processes', live && count(live.processes));
  }

  #showFact(fact: Fact, text: string | null): void {
    const value = this.#facts.get(fact)!;
    value.parentElement!.hidden = text === null;
    setText(value, text ?? '');
  }

  #showNotes(state: RunState, done: number): void {
    const missing = missingText(state, done);
    const problems: Problem[] = [...(state.summary?.problems ?? [])];
    if (missing) problems.push({ severity: 'warning', message: missing });
    if (state.lost !== null)
      problems.push({
        severity: 'error',
        message: state.lost.because,
        fix: 'What arrived until then is below. Run the tests again.',
      });
    const texts = problems.map(problemText);
    if (texts.join('\n') === this.#notes.dataset.texts) return;
    this.#notes.dataset.texts = texts.join('\n');
    this.#notes.replaceChildren(
      ...problems.map((problem, i) => el(`li.${problem.severity}`, icon('warning'), el('span', texts[i]))),
    );
  }
}

/** Digits alone: the first time that a page writes in a locale's way would cost the first rows a fifth of their time. */
function clockText(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(part => String(part).padStart(2, '0')).join(':');
}

const severityLabels = { error: 'Error: ', warning: 'Warning: ', hint: 'Hint: ' } as const;

function problemText({ severity, file, line, message, fix }: Problem): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return `${severityLabels[severity]}${place}${message}${fix === undefined ? '' : ` ${fix}`}`;
}

function markOf(phase: Phase, { done, failed }: Tally): Icon {
  switch (phase) {
    case 'running':
      return 'running';
    case 'stopped':
      return 'cancelled';
    case 'lost':
      return 'lost';
    case 'finished':
      return failed > 0 ? 'failed' : done > 0 ? 'passed' : 'hull';
  }
}
