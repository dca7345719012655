import { plural } from '../reports/excerpt.ts';
import { pictureOf } from './chart.ts';
import { button, el, setAttribute, setText, svg } from './dom.ts';
import { besides, type Category, categoryLabel } from './filter.ts';
import { icon } from './icons.ts';
import { bySeverity } from './order.ts';
import { count } from './run.ts';

/** Most alarming first; what is counted beside the verdicts comes last. */
const verdicts: readonly Category[] = bySeverity.toReversed();

const barWidth = 1000;

/** The counts of the run: toggles that narrow the table, and the same numbers as one bar. */
export class Categories {
  readonly element: HTMLElement;
  readonly #bar = pictureOf('', [barWidth, 8]);
  readonly #toggles = new Map<Category, { toggle: HTMLButtonElement; count: HTMLElement }>();

  constructor(onToggle: (category: Category) => void) {
    for (const category of [...verdicts, ...besides]) {
      const number = el('span', { class: 'count' });
      const toggle = button(
        { class: 'toggle', 'data-kind': category, hidden: true },
        () => onToggle(category),
        icon(category),
        number,
        ' ',
        categoryLabel(category),
      );
      this.#toggles.set(category, { toggle, count: number });
    }
    this.#bar.classList.add('bar');
    const toggles = [...this.#toggles.values()].map(({ toggle }) => toggle);
    this.element = el(
      'section',
      { class: 'categories', 'aria-label': 'Verdicts' },
      this.#bar,
      el('div', { class: 'toggles', role: 'group', 'aria-label': 'Show only' }, ...toggles),
    );
  }

  show(counted: (category: Category) => number, planned: number, chosen: readonly Category[]): void {
    for (const [category, { toggle, count: number }] of this.#toggles) {
      const pressed = chosen.includes(category);
      setText(number, count(counted(category)));
      toggle.hidden = counted(category) === 0 && !pressed;
      setAttribute(toggle, 'aria-pressed', String(pressed));
    }
    this.#showBar(counted, planned);
  }

  #showBar(counted: (category: Category) => number, planned: number): void {
    const parts = verdicts.filter(each => counted(each) > 0).map(each => ({ category: each, number: counted(each) }));
    const text = parts
      .map(({ category, number }) => `${count(number)} ${categoryLabel(category).toLowerCase()}`)
      .join(', ');
    const label =
      text === '' ? `None of ${plural(planned, 'test')} has a verdict yet` : `Of ${plural(planned, 'test')}: ${text}`;
    if (this.#bar.getAttribute('aria-label') === label) return;
    this.#bar.setAttribute('aria-label', label);
    const widths = barWidths(
      parts.map(({ number }) => number),
      planned,
    );
    let x = 0;
    this.#bar.replaceChildren(
      ...parts.map(({ category }, i) => {
        const width = widths[i]!;
        const part = svg('rect', {
          'data-kind': category,
          x,
          y: 0,
          width: Math.max(0, width - (i + 1 < parts.length ? 2 : 0)),
          height: 8,
        });
        x += width;
        return part;
      }),
    );
  }
}

/** Shares of the bar; one failure among 10,000 tests must still be seen, so the big parts give a little. */
export function barWidths(numbers: readonly number[], planned: number): number[] {
  const least = 8;
  const sum = numbers.reduce((total, number) => total + number, 0);
  const whole = Math.max(planned, sum, 1);
  const available = (sum / whole) * barWidth;
  const wanted = numbers.map(number => Math.max(least, (number / whole) * barWidth));
  const excess = wanted.reduce((total, width) => total + width, 0) - Math.max(available, least * numbers.length);
  const spare = wanted.reduce((total, width) => total + (width - least), 0);
  return wanted.map(width => (spare > 0 && excess > 0 ? width - ((width - least) / spare) * excess : width));
}
