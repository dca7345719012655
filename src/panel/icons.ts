import { svg } from './dom.ts';
import type { Category } from './filter.ts';

export type Icon =
  Category | 'running' | 'enforced' | 'watched' | 'unavailable' | 'close' | 'search' | 'warning' | 'hull';

const ring = 'M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 1 1 0-12.5z';
const triangle = 'M8 1.9l6.4 11.6h-12.8zM8 6v3.6M8 11.3v.3';
const shield = 'M8 1.6l5.4 1.9v4.1c0 3.2-2.2 5.6-5.4 6.8c-3.2-1.2-5.4-3.6-5.4-6.8v-4.1z';

/** Each has a shape of its own, so that no meaning hangs on a colour. */
const shapes: Readonly<Record<Icon, string>> = {
  passed: `${ring}M5.1 8.3l2 2l3.8-4.2`,
  failed: `${ring}M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4`,
  skipped: `${ring}M5.8 5.4l3.4 2.6l-3.4 2.6zM10.6 5.4v5.2`,
  'expected-failure': `${ring}M5.8 5.8l4.4 4.4`,
  'unexpected-pass': `${ring}M8 4.6v4M8 11v.3`,
  'known-failure': 'M4.5 14.2v-12.4h7.2l-1.8 3l1.8 3h-7.2',
  error: triangle,
  'timed-out': `${ring}M8 4.4v3.8l2.5 1.5`,
  'out-of-memory':
    'M4 4h8v8h-8zM6.2 6.2h3.6v3.6h-3.6zM6 1.6v2.4M10 1.6v2.4M6 12v2.4M10 12v2.4M1.6 6h2.4M1.6 10h2.4M12 6h2.4M12 10h2.4',
  'limit-reached': 'M1.8 3.2h12.4M8 14.2v-8M4.8 9.2l3.2-3.2l3.2 3.2',
  crashed: 'M9.6 1.5l-6 7.6h4l-1.2 5.4l6-7.6h-4z',
  'killed-outside': 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9zM8 1v4M8 11v4M1 8h4M11 8h4',
  'exited-early': 'M9.5 4.8v-2.8h-7v12h7v-2.8M6 8h8M11.4 5.4l2.6 2.6l-2.6 2.6',
  cancelled: `${ring}M3.7 12.3l8.6-8.6`,
  'not-run': `${ring}M5.5 8h5`,
  lost: `${ring}M6 6.4a2 2 0 1 1 2.9 1.8c-.6.3-.9.6-.9 1.3M8 11.4v.3`,
  leaked: 'M8 1.6c2.6 3.1 4.4 5.5 4.4 8.1a4.4 4.4 0 0 1-8.8 0c0-2.6 1.8-5 4.4-8.1zM8 12a2.3 2.3 0 0 1-2.3-2.3',
  flaky: 'M1.5 8c1.1-4.6 3.2-4.6 4.3 0s3.2 4.6 4.3 0s3.2-4.6 4.3 0',
  'newly-failed': 'M2 4l5 5l3-3l4 5M14 7v4h-4',
  fixed: 'M2 11l5-5l3 3l4-5M14 8v-4h-4',
  slower: 'M4 2h8M4 14h8M5 2c0 5 6 7 6 12M11 2c0 5-6 7-6 12',
  new: 'M8 1.8v12.4M1.8 8h12.4M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8',
  'more-memory': 'M3 13v-3M8 13v-6M13 13v-10',
  running: 'M14.25 8a6.25 6.25 0 1 1-6.25-6.25',
  enforced: `${shield}M5.4 7.9l1.9 1.9l3.4-3.8`,
  watched:
    'M1.2 8c1.8-3 4-4.5 6.8-4.5s5 1.5 6.8 4.5c-1.8 3-4 4.5-6.8 4.5s-5-1.5-6.8-4.5zM8 6a2 2 0 1 1 0 4a2 2 0 1 1 0-4z',
  unavailable: `${shield}M5.5 8h5`,
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9zM10.3 10.3l3.7 3.7',
  warning: triangle,
  hull: 'M1 5.5h14l-2.2 7h-9.6zM4.8 5.5v7M8 5.5v7M11.2 5.5v7',
};

/** Always beside its own words: hidden from a screen reader. */
export function icon(name: Icon): SVGSVGElement {
  return svg(
    `svg.icon.icon-${name}`,
    { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: shapes[name] }),
  );
}
