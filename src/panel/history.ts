import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { PastVerdict } from '../protocol/history.ts';
import { plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';
import { chartOf, figureOf, pictureOf, tableOf } from './chart.ts';
import { el, svg } from './dom.ts';

/** What became of one test in its last runs: the oldest on the left, and first in the table the newest. */
export function historyOf(past: readonly PastVerdict[]): HTMLElement {
  const oldestFirst = past.toReversed();
  const durations = oldestFirst.map(({ durationMs }) => durationMs ?? 0);
  const longest = Math.max(1, ...durations);
  const memory = oldestFirst.map(({ peakMemoryBytes }) => peakMemoryBytes ?? 0);
  const runs = plural(past.length, 'run');
  const caption = `of the last ${runs}, at most ${formatDuration(longest)}`;
  const most = Math.max(...memory);
  const peaks = `at most ${formatBytes(most)}`;
  return el(
    'div.history',
    figureOf(
      'Duration',
      caption,
      pictureOf(
        `Duration ${caption}`,
        [past.length, 100],
        // A test that took no time is seen all the same, for its verdict.
        ...oldestFirst.map(({ verdict }, i) => {
          const height = 4 + (92 * durations[i]!) / longest;
          return svg('rect', { 'data-kind': verdict, x: i + 0.1, y: 100 - height, width: 0.8, height });
        }),
      ),
    ),
    most > 0 &&
      chartOf({
        heading: 'Peak memory',
        caption: peaks,
        label: `Peak memory of the last ${runs}, ${peaks}`,
        values: memory,
        limit: null,
        until: null,
      }),
    tableOf(
      'Past runs of this test',
      ['Run', 'Verdict', 'Duration', 'Peak memory'],
      past.map(({ runStartedAt, verdict, durationMs, peakMemoryBytes }) => [
        new Date(runStartedAt).toLocaleString(),
        verdictLabel(verdict),
        durationMs === null ? '–' : formatDuration(durationMs),
        peakMemoryBytes === null ? '–' : formatBytes(peakMemoryBytes),
      ]),
    ),
  );
}
