import type { TestKey } from '../protocol/tests.ts';
import { Categories } from './categories.ts';
import { DetailsPane, type ToldDetails, toldIn } from './details.ts';
import { button, el, setText } from './dom.ts';
import { emptyTable, noRunYet, whyEmpty } from './empty.ts';
import type { Category, Filter } from './filter.ts';
import { goneOf } from './gone.ts';
import { Head } from './head.ts';
import type { Host } from './host.ts';
import type { FromPanel, PanelRecord, RunHead, ToPanel } from './messages.ts';
import { nextSort } from './order.ts';
import { Pace, pageClock } from './pace.ts';
import { count, phaseOf, phaseText, plannedOf, type RunState, type Tally } from './run.ts';
import { RunTimeline } from './run-timeline.ts';
import { type SavedView, savedView, viewFor } from './saved.ts';
import { RecordStore } from './store.ts';
import { ResultsTable } from './table.ts';
import { countText, Toolbar } from './toolbar.ts';

const paintEveryMs = 500;
/** An arrow key held down passes many rows: only where it rests are details asked for. */
const restMs = 120;

/** The whole panel: messages in, what the user does out, one run at a time. */
export class RunReport {
  readonly #host: Host;
  readonly #root: HTMLElement;
  readonly #pace: Pace;
  readonly #head: Head;
  readonly #timeline: RunTimeline;
  readonly #categories = new Categories(category => this.#toggleCategory(category));
  readonly #toolbar = new Toolbar(
    text => this.#filter({ ...this.#store.filter, text }),
    () => this.#clearFilter(),
  );
  readonly #table = new ResultsTable({
    onSort: column => this.#sort(column),
    onToggle: key => (key === this.#view.selected ? this.#close() : this.#select(key, 0)),
    onMove: key => this.#view.selected !== null && this.#select(key, restMs),
  });
  readonly #details = new DetailsPane({
    onClose: () => this.#close(),
    onAsk: message => {
      this.#ask(message);
      if (message.type === 'copy') this.#spoken.textContent = 'Details copied';
    },
  });
  readonly #rerun = button('button.secondary', () => this.#ask({ type: 'rerun', keys: this.#again() }));
  readonly #export = button('button.secondary', () => this.#ask({ type: 'export' }), 'Export…');
  readonly #gone = el('div.gone');
  readonly #instead = el('div');
  readonly #split = el('div.split', this.#table.element, this.#instead, this.#details.element);
  readonly #spoken = el('div.unseen', { role: 'status' });
  #view: SavedView;
  #store = new RecordStore();
  #run: RunState | null = null;
  #opened: PanelRecord | null = null;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #folders = new Set<string>();

  constructor(root: HTMLElement, host: Host) {
    this.#root = root;
    this.#host = host;
    this.#view = savedView(host.getState());
    this.#head = new Head(el('div.actions', this.#rerun, this.#export), () => this.#ask({ type: 'stop' }));
    this.#timeline = new RunTimeline(this.#view.timeline, {
      onToggle: timeline => {
        this.#keep({ ...this.#view, timeline });
        this.#pace.request();
      },
      onAsk: () => this.#ask({ type: 'course' }),
      onPoint: (lane, ms) => this.#ask({ type: 'at', lane, ms }),
    });
    this.#pace = new Pace(paintEveryMs, pageClock, () => this.#paint());
    this.#split.addEventListener('keydown', event => {
      if (event.key === 'Escape' && this.#view.selected !== null) this.#close();
    });
    document.addEventListener('visibilitychange', () => this.#pace.shown());
    setInterval(() => this.#run && phaseOf(this.#run) === 'running' && this.#pace.request(), 1000);
    this.#ask({ type: 'ready' });
  }

  receive(message: ToPanel): void {
    switch (message.type) {
      case 'empty':
        this.#run = null;
        return this.#pace.now();
      case 'run':
        return this.#begin(message.run);
      case 'records': {
        const first = this.#store.size === 0;
        this.#store.add(message.records);
        for (const { folder } of message.records) this.#folders.add(folder);
        return first ? this.#pace.first() : this.#pace.request();
      }
      case 'live':
        return this.#change({ live: message.live });
      case 'ended':
        return this.#change({ summary: message.summary });
      case 'lost':
        return this.#change({ lost: { because: message.because, at: performance.now() } });
      case 'history':
        if (this.#opened?.key === message.key) this.#details.addHistory(message.past);
        return;
      case 'gone':
        return this.#gone.replaceChildren(...goneOf(message.gone));
      case 'course':
        return this.#timeline.draw(message.course, this.#run?.summary?.memoryBudgetBytes ?? null);
      case 'show':
        return this.#show(message.key);
      case 'details':
        if (this.#opened?.key === message.key) this.#showDetails(this.#opened, toldIn(message));
        return;
    }
  }

  #show(key: TestKey): void {
    const record = this.#store.get(key);
    if (!record) return;
    if (!this.#store.shown.includes(record)) this.#clearFilter();
    this.#select(key, 0);
    this.#table.focus(key);
  }

  #begin(head: RunHead): void {
    const receivedAt = performance.now();
    if (this.#run?.head.run === head.run) return this.#change({ head, receivedAt });
    this.#keep(viewFor(head.run, this.#view));
    this.#run = { head, receivedAt, live: null, summary: null, lost: null };
    this.#store = new RecordStore();
    this.#store.sortBy(this.#view.sort);
    this.#store.filterBy(this.#view.filter);
    this.#folders = new Set();
    this.#toolbar.set(this.#view.filter.text);
    this.#head.forget();
    this.#gone.replaceChildren();
    this.#forgetDetails();
    this.#pace.soon();
  }

  #change(change: Partial<RunState>): void {
    if (!this.#run) return;
    const before = phaseOf(this.#run);
    this.#run = { ...this.#run, ...change };
    if (phaseOf(this.#run) === before) this.#pace.request();
    else this.#pace.soon();
  }

  #paint(): void {
    const run = this.#run;
    if (!run)
      return this.#root.replaceChildren(
        noRunYet(() => this.#ask({ type: 'runAll' })),
        this.#spoken,
      );
    if (!this.#split.isConnected)
      this.#root.replaceChildren(
        el(
          'main',
          this.#head.element,
          this.#categories.element,
          this.#timeline.element,
          this.#gone,
          this.#toolbar.element,
          this.#split,
        ),
        this.#spoken,
      );
    const store = this.#store;
    const tally: Tally = {
      done: store.size,
      failed: store.failed,
      passed: store.count('passed'),
      ran: store.size - store.count('skipped') - store.count('cancelled') - store.count('not-run'),
    };
    const planned = plannedOf(run, tally.done);
    this.#head.show(run, tally, performance.now());
    this.#categories.element.hidden = planned === 0;
    this.#categories.show(category => this.#store.count(category), planned, this.#view.filter.categories);
    this.#paintRows(run, planned);
    this.#paintRerun(run);
    const ended = phaseOf(run) !== 'running';
    this.#timeline.show(`${run.head.run} ${store.size} ${ended}`, store.size, ended);
    this.#paintDetails();
    const phase = phaseOf(run);
    this.#say(phase === 'running' ? 'Running' : phaseText(run, tally), phase);
  }

  #paintRows(run: RunState, planned: number): void {
    const shown = this.#store.shown;
    this.#toolbar.element.hidden = this.#store.size === 0;
    this.#toolbar.show(this.#view.filter.text, shown.length, this.#store.size, this.#store.filtered);
    this.#table.element.hidden = shown.length === 0;
    this.#table.show(shown, this.#view.sort, this.#view.selected, this.#folders.size > 1);
    this.#instead.hidden = shown.length > 0;
    const why = whyEmpty(shown.length, this.#store.size, planned, phaseOf(run));
    if (this.#instead.dataset.why === (why ?? '')) return;
    this.#instead.dataset.why = why ?? '';
    this.#instead.replaceChildren(...(why ? [emptyTable(why, () => this.#clearFilter())] : []));
  }

  #paintRerun(run: RunState): void {
    this.#export.hidden = !run.summary;
    const filtered = this.#store.filtered;
    const number = filtered ? this.#store.shown.length : this.#store.failed;
    this.#rerun.hidden = phaseOf(run) === 'running' || number === 0;
    setText(this.#rerun, `${filtered ? 'Run shown again' : 'Run failed again'} (${count(number)})`);
  }

  #again(): TestKey[] {
    return this.#store.filtered ? this.#store.shown.map(record => record.key) : this.#store.failures();
  }

  /** After a reload the chosen test arrives later than the choice; and a test that ran again has another record. */
  #paintDetails(): void {
    const key = this.#view.selected;
    const record = key === null ? undefined : this.#store.get(key);
    if (record && record !== this.#opened) this.#open(record, 0);
  }

  #select(key: TestKey, rest: number): void {
    const record = this.#store.get(key);
    if (!record) return;
    this.#keep({ ...this.#view, selected: key });
    this.#open(record, rest);
    this.#pace.now();
    // In a small window the page itself may have to be scrolled to it.
    this.#split.scrollIntoView({ block: 'nearest' });
  }

  #open(record: PanelRecord, rest: number): void {
    this.#opened = record;
    this.#showDetails(record, undefined);
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#ask({ type: 'details', key: record.key }), rest);
  }

  #showDetails(record: PanelRecord, told: ToldDetails | null | undefined): void {
    this.#details.show(record, told, this.#run?.head.cage ?? null);
  }

  #close(): void {
    const key = this.#view.selected;
    this.#keep({ ...this.#view, selected: null });
    this.#forgetDetails();
    this.#pace.now();
    if (key !== null) this.#table.focus(key);
  }

  #forgetDetails(): void {
    clearTimeout(this.#asking);
    this.#opened = null;
    this.#details.hide();
  }

  #ask(message: FromPanel): void {
    this.#host.postMessage(message);
  }

  #sort(column: Parameters<typeof nextSort>[1]): void {
    const sort = nextSort(this.#view.sort, column);
    this.#store.sortBy(sort);
    this.#keep({ ...this.#view, sort });
    this.#table.toTop();
    this.#pace.now();
  }

  #toggleCategory(category: Category): void {
    const { text, categories } = this.#view.filter;
    const others = categories.filter(each => each !== category);
    this.#filter({ text, categories: others.length < categories.length ? others : [...categories, category] });
  }

  #clearFilter(): void {
    this.#toolbar.set('');
    this.#filter({ text: '', categories: [] });
  }

  #filter(filter: Filter): void {
    this.#store.filterBy(filter);
    this.#keep({ ...this.#view, filter });
    this.#table.toTop();
    this.#pace.now();
    this.#spoken.textContent = countText(this.#store.shown.length, this.#store.size, true);
  }

  #keep(view: SavedView): void {
    this.#view = view;
    this.#host.setState(view);
  }

  /** Once for each state of the run: a count that is read out twice a second helps nobody. */
  #say(text: string, state: string): void {
    const id = `${this.#run?.head.run} ${state}`;
    if (this.#spoken.dataset.state === id) return;
    this.#spoken.dataset.state = id;
    this.#spoken.textContent = text;
  }
}
