import { formatBytes, formatDuration } from '../config/quantities.ts';
import { axisOf, chartOf, tableOf } from './chart.ts';
import { el } from './dom.ts';
import type { PanelDetails } from './messages.ts';

/** What a test used while it ran, beside what it was allowed; null: it was too short. */
export function timelineOf({ timeline, limits, startedAt }: PanelDetails): HTMLElement | null {
  if (!timeline) return null;
  const { stepMs, memoryKiB, processes } = timeline;
  const memory = memoryKiB.map(each => each * 1024);
  const cpu = timeline.cpuMs.map(each => Math.round((100 * each) / stepMs));
  const long = formatDuration(stepMs * memory.length);
  const { timeoutMs } = limits;
  const until = timeoutMs === null || startedAt === null ? null : (startedAt - timeline.startedAt + timeoutMs) / stepMs;
  const curve = (
    heading: string,
    values: readonly number[],
    limit: number | null,
    format: (value: number) => string,
  ) => {
    const allowed = limit === null ? '' : `, limit ${format(limit)}`;
    const caption = `at most ${format(Math.max(...values))}${allowed}`;
    return chartOf({ heading, caption, label: `${heading} over ${long}: ${caption}`, values, limit, until });
  };
  const percent = (value: number) => `${value} %`;
  return el(
    'div.timeline',
    curve('Memory', memory, limits.memoryBytes, formatBytes),
    cpu.length > 0 && curve('CPU', cpu, null, percent),
    curve('Processes', processes, limits.processes, String),
    axisOf(long),
    tableOf(
      'Used over time',
      ['Until', 'Memory', 'CPU', 'Processes'],
      memory.map((bytes, i) => [
        formatDuration(stepMs * (i + 1)),
        formatBytes(bytes),
        cpu[i] === undefined ? 'not measured' : percent(cpu[i]),
        String(processes[i]),
      ]),
    ),
  );
}
