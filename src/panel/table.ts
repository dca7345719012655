import type { TestKey } from '../protocol/tests.ts';
import { button, el, setAttribute } from './dom.ts';
import type { PanelRecord } from './messages.ts';
import { type Column, columns, headings, type Sort } from './order.ts';
import { rowOf } from './row.ts';
import { rowAfterKey, scrollTo, strips, type Viewport } from './virtual.ts';

/** As in report.css: rows of one height are what makes 200,000 of them cheap. */
export const rowHeight = 44;

export interface TableEvents {
  readonly onSort: (column: Column) => void;
  /** A row was clicked, or its button pressed. */
  readonly onToggle: (key: TestKey) => void;
  /** The keyboard went to another row. */
  readonly onMove: (key: TestKey) => void;
}

/** The tests as a real table. Of a long one only the rows in view are in the page. */
export class ResultsTable {
  readonly element: HTMLElement;
  readonly #events: TableEvents;
  readonly #headers = new Map<Column, HTMLElement>();
  readonly #table: HTMLTableElement;
  readonly #head = el('thead');
  readonly #body = el('tbody');
  readonly #made = new Map<PanelRecord, HTMLTableRowElement>();
  #records: readonly PanelRecord[] = [];
  #folders = false;
  #selected: TestKey | null = null;
  /** Where Tab enters the table. */
  #active: TestKey | null = null;
  #activeAt = -1;
  #drawing = false;

  constructor(events: TableEvents) {
    this.#events = events;
    this.#head.append(el('tr', { 'aria-rowindex': 1 }, ...columns.map(column => this.#header(column))));
    this.#table = el('table', { 'aria-label': 'Tests' }, this.#head, this.#body);
    this.element = el('div.viewport', this.#table);
    this.element.addEventListener('scroll', () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(this.element);
    this.#body.addEventListener('click', event => this.#clicked(event));
    this.#body.addEventListener('keydown', event => this.#pressed(event));
  }

  show(records: readonly PanelRecord[], sort: Sort, selected: TestKey | null, folders: boolean): void {
    if (folders !== this.#folders) this.#made.clear();
    this.#records = records;
    this.#selected = selected;
    this.#folders = folders;
    for (const [column, header] of this.#headers)
      setAttribute(header, 'aria-sort', column === sort.column ? sort.direction : 'none');
    setAttribute(this.#table, 'aria-rowcount', String(records.length + 1));
    this.#draw();
  }

  /** Another order or another filter: what was scrolled to is elsewhere now. */
  toTop(): void {
    this.element.scrollTop = 0;
  }

  focus(key: TestKey): void {
    const index = this.#records.findIndex(record => record.key === key);
    if (index >= 0) this.#goTo(index);
  }

  #header(column: Column): HTMLElement {
    const header = el(
      `th.col-${column}`,
      { scope: 'col' },
      button('button', () => this.#events.onSort(column), headings[column]),
    );
    this.#headers.set(column, header);
    return header;
  }

  get #viewport(): Viewport {
    const height = this.element.clientHeight - this.#head.offsetHeight;
    return { top: this.element.scrollTop, height: Math.max(0, height), rowHeight };
  }

  #soon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const active = this.#activeIndex();
    const kept = new Set<PanelRecord>();
    const rows: HTMLTableRowElement[] = [];
    for (const strip of strips(this.#records.length, this.#viewport, active)) {
      if ('gap' in strip) rows.push(gap(strip.gap));
      else
        for (let index = strip.rows[0]; index < strip.rows[1]; index++) {
          const record = this.#records[index]!;
          kept.add(record);
          rows.push(this.#row(record, index, index === (active ?? 0)));
        }
    }
    for (const record of this.#made.keys()) if (!kept.has(record)) this.#made.delete(record);
    this.#place(rows);
  }

  /** Rows that stay are not moved in the page: moving one takes the focus from it. */
  #place(rows: readonly HTMLTableRowElement[]): void {
    const wanted = new Set(rows);
    for (const row of [...this.#body.rows]) if (!wanted.has(row)) row.remove();
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    let next: Element | null = this.#body.firstElementChild;
    for (const row of rows) {
      if (row === next) next = next.nextElementSibling;
      else this.#body.insertBefore(row, next);
    }
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  #row(record: PanelRecord, index: number, entry: boolean): HTMLTableRowElement {
    const row = this.#made.get(record) ?? rowOf(record, this.#folders);
    this.#made.set(record, row);
    const title = titleOf(row);
    const open = record.key === this.#selected;
    setAttribute(row, 'aria-rowindex', String(index + 2));
    row.classList.toggle('selected', open);
    setAttribute(title, 'aria-expanded', String(open));
    setAttribute(title, 'tabindex', entry ? '0' : '-1');
    return row;
  }

  #activeIndex(): number | null {
    const key = this.#active ?? this.#selected;
    if (key === null) return null;
    // Most often it is where it was; only after a change is it sought among all.
    if (this.#records[this.#activeAt]?.key !== key)
      this.#activeAt = this.#records.findIndex(record => record.key === key);
    return this.#activeAt < 0 ? null : this.#activeAt;
  }

  #clicked(event: MouseEvent): void {
    const row = rowAt(event.target);
    // A text selected with the mouse ends in a click, too.
    if (!row || (getSelection()?.isCollapsed === false && !(event.target instanceof HTMLButtonElement))) return;
    this.#active = row.dataset.key!;
    this.#events.onToggle(this.#active);
    titleOf(row).focus({ preventScroll: true });
  }

  #pressed(event: KeyboardEvent): void {
    const row = rowAt(event.target);
    if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const index = Number(row.getAttribute('aria-rowindex')) - 2;
    const page = Math.max(1, Math.floor(this.#viewport.height / rowHeight) - 1);
    const next = rowAfterKey(event.key, index, this.#records.length, page);
    if (next === null) return;
    event.preventDefault();
    this.#goTo(next);
    this.#events.onMove(this.#records[next]!.key);
  }

  #goTo(index: number): void {
    const record = this.#records[index]!;
    this.#active = record.key;
    this.element.scrollTop = scrollTo(index, this.#viewport);
    this.#draw();
    const row = this.#made.get(record);
    if (row) titleOf(row).focus({ preventScroll: true });
  }
}

function gap(rows: number): HTMLTableRowElement {
  const cell = el('td', { colspan: columns.length });
  cell.style.height = `${rows * rowHeight}px`;
  return el('tr.gap', { 'aria-hidden': 'true' }, cell);
}

function rowAt(target: EventTarget | null): HTMLTableRowElement | null {
  return target instanceof Element ? target.closest<HTMLTableRowElement>('tr[data-key]') : null;
}

function titleOf(row: HTMLTableRowElement): HTMLButtonElement {
  return row.querySelector<HTMLButtonElement>('button.title')!;
}
