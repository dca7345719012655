import { plural } from '../reports/excerpt.ts';
import { button, el, setText } from './dom.ts';
import { icon } from './icons.ts';
import { count } from './run.ts';

/** Above the table: what to look for, and how many rows that leaves. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #input = el('input', {
    type: 'search',
    placeholder: 'Filter by title, suite, file or message',
    'aria-label': 'Filter tests by title, suite, file or message',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  readonly #count = el('span.shown-count');
  readonly #clear: HTMLButtonElement;

  constructor(onText: (text: string) => void, onClear: () => void) {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    this.#input.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => onText(this.#input.value), 100);
    });
    this.#clear = button(
      'button.link',
      () => {
        clearTimeout(waiting);
        onClear();
        this.#input.focus();
      },
      { hidden: true },
      'Clear filter',
    );
    this.element = el('search.toolbar', el('div.field', icon('search'), this.#input), this.#clear, this.#count);
  }

  show(text: string, shown: number, all: number, filtered: boolean): void {
    if (document.activeElement !== this.#input && this.#input.value !== text) this.#input.value = text;
    this.#clear.hidden = !filtered;
    setText(this.#count, countText(shown, all, filtered));
  }

  /** Set from outside, even while the field has the focus. */
  set(text: string): void {
    this.#input.value = text;
  }
}

export function countText(shown: number, all: number, filtered: boolean): string {
  return filtered ? `${count(shown)} of ${plural(all, 'test')}` : plural(all, 'test');
}
