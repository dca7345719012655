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
  /** As the bar is drawn now. */
  #drawn = '';
  readonly #toggles = new Map<Category, { toggle: HTMLButtonElement; count: HTMLElement }>();

  constructor(onToggle: (category: Category) => void) {
    for (const category of [...verdicts, ...besides]) {
      const number = el('span.count');
      const toggle = button(
        'button.toggle',
        () => onToggle(category),
        { 'data-kind': category, hidden: true },
        icon(category),
        number,
        ' ',
        categoryLabel(category),
      );
      this.#toggles.set(category, { toggle, count: number });
    }
    this.#bar.classList.add('bar');
    // For the pointer alone: the toggles say the same to everybody.
    this.#bar.addEventListener('click', ({ target }) => {
      const kind = (target as SVGElement).dataset['kind'];
      if (kind) onToggle(kind as Category);
    });
    const toggles = [...this.#toggles.values()].map(({ toggle }) => toggle);
    this.element = el(
      'section.categories',
      { 'aria-label': 'Verdicts' },
      this.#bar,
      el('div.toggles', { role: 'group', 'aria-label': 'Show only' }, ...toggles),
    );
  }

  show(counted: (category: Category) => number, planned: number, chosen: readonly Category[]): void {
    for (const [category, { toggle, count: number }] of this.#toggles) {
      const pressed = chosen.includes(category);
      setText(number, count(counted(category)));
      toggle.hidden = counted(category) === 0 && !pressed;
      setAttribute(toggle, 'aria-pressed', String(pressed));
    }
    this.#showBar(counted, planned, chosen);
  }

  #showBar(counted: (category: Category) => number, planned: number, chosen: readonly Category[]): void {
    const parts = verdicts.filter(each => counted(each) > 0);
    const texts = parts.map(each => `${count(counted(each))} ${categoryLabel(each).toLowerCase()}`);
    const tests = plural(planned, 'test');
    const label = parts.length > 0 ? `Of ${tests}: ${texts.join(', ')}` : `None of ${tests} has a verdict yet`;
    const drawn = [label, ...chosen].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    setAttribute(this.#bar, 'aria-label', label);
    this.#bar.classList.toggle('narrowed', chosen.length > 0);
    const widths = barWidths(parts.map(counted), planned);
    let x = 0;
    this.#bar.replaceChildren(
      ...parts.map((category, i) => {
        const width = Math.max(0, widths[i]! - (i + 1 < parts.length ? 2 : 0));
        const place = { 'data-kind': category, x, width, height: 8 };
        const part = svg(chosen.includes(category) ? 'rect.chosen' : 'rect', place, svg('title', texts[i]));
        x += widths[i]!;
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
