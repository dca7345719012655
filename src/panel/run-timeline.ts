import { formatBytes, formatDuration } from '../config/quantities.ts';
import { plural } from '../reports/excerpt.ts';
import { axisOf, chartOf, figureOf, pictureOf, tableOf } from './chart.ts';
import { el, svg } from './dom.ts';
import type { PanelCourse } from './messages.ts';
import { count } from './run.ts';

/** Parts in a row of the table. */
const together = 10;
const mostHeight = 160;
/** While a run goes on. */
const askEveryMs = 2000;

export interface TimelineEvents {
  readonly onToggle: (open: boolean) => void;
  readonly onAsk: () => void;
  /** A place in the picture of the tests was clicked. */
  readonly onPoint: (lane: number, ms: number) => void;
}

/** What ran beside what, and how much of the memory budget that took. Asked for only while it is open. */
export class RunTimeline {
  readonly element: HTMLDetailsElement;
  readonly #events: TimelineEvents;
  readonly #content = el('div.course');
  #asked = '';
  #waiting = false;
  #due = 0;

  constructor(open: boolean, events: TimelineEvents) {
    this.#events = events;
    this.element = el('details.run-timeline', { open }, el('summary', 'Timeline'), this.#content);
    this.element.addEventListener('toggle', () => events.onToggle(this.element.open));
  }

  /** `state`: another one has another timeline. */
  show(state: string, done: number, ended: boolean): void {
    this.element.hidden = done === 0;
    if (!this.element.open || done === 0 || state === this.#asked || this.#waiting) return;
    if (!ended && performance.now() < this.#due) return;
    this.#asked = state;
    this.#waiting = true;
    this.#events.onAsk();
  }

  draw(course: PanelCourse, budget: number | null): void {
    this.#waiting = false;
    this.#due = performance.now() + askEveryMs;
    this.#content.replaceChildren(...(course.lanes > 0 ? this.#charts(course, budget) : ['No test has begun.']));
  }

  #charts({ tests, failed, lanes, ms, loads, paths, width, height }: PanelCourse, budget: number | null): Node[] {
    const long = formatDuration(ms);
    const most = (of: 0 | 1 | 2 | 3 | 4, some = loads) => Math.max(...some.map(load => load[of]));
    const caption = `${plural(tests, 'test')} in ${long}, at most ${count(most(2))} at once`;
    const picture = pictureOf(
      `Tests over time: ${caption}, ${count(failed)} failed`,
      [width, height],
      ...paths.map(([kind, d]) => svg('path', { 'data-kind': kind, d })),
    );
    picture.classList.add('lanes');
    picture.style.height = `${Math.min(mostHeight, height)}px`;
    picture.addEventListener('click', event => {
      const box = picture.getBoundingClientRect();
      const lane = Math.floor(((event.clientY - box.top) / box.height) * lanes);
      this.#events.onPoint(lane, ((event.clientX - box.left) / box.width) * ms);
    });
    const memory = `peaks of what ran at once ${formatBytes(most(3))}, caps ${formatBytes(most(4))}${budget === null ? '' : `, budget ${formatBytes(budget)}`}`;
    const rows: string[][] = [];
    for (let from = 0; from < loads.length; from += together) {
      const some = loads.slice(from, from + together);
      const sum = (of: 0 | 1) => count(some.reduce((total, load) => total + load[of], 0));
      const until = formatDuration((ms * (from + some.length)) / loads.length);
      const bytes = [formatBytes(most(3, some)), formatBytes(most(4, some))];
      rows.push([until, sum(0), sum(1), count(most(2, some)), ...bytes]);
    }
    return [
      figureOf('Tests', caption, picture),
      chartOf({
        heading: 'Memory',
        caption: memory,
        label: `Memory over ${long}: ${memory}`,
        values: loads.map(load => load[3]),
        reserved: loads.map(load => load[4]),
        limit: budget,
        until: null,
      }),
      axisOf(long),
      tableOf('What ran when', ['Until', 'Begun', 'Failed', 'At once', 'Peaks', 'Caps'], rows),
    ];
  }
}
