import type { TestKey } from '../protocol/tests.ts';
import { isFailure, type VerdictKind } from '../protocol/verdict.ts';
import type { Load, Mood, PanelCourse } from './messages.ts';

/** What of a test is to be seen here. */
export interface Ran {
  readonly key: TestKey;
  readonly kind: VerdictKind;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly memoryCapBytes: number | null;
}

/** One test in time, beside those that ran in other lanes. */
export interface Span {
  readonly record: Ran;
  /** In milliseconds since the first test began. */
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

export interface Course {
  readonly spans: readonly Span[];
  readonly lanes: number;
  readonly ms: number;
  readonly loads: readonly Load[];
}

/** Frameworks round what they measure: two tests that overlap by less ran one after the other. */
const roundingMs = 2;

/** What ran beside what: each test in the first lane that is free, which is not its cage's number, but as many as were at work. */
export function courseOf(records: Iterable<Ran>, parts = 200): Course {
  const ran: { record: Ran; start: number }[] = [];
  for (const record of records) if (record.startedAt !== null) ran.push({ record, start: record.startedAt });
  ran.sort((a, b) => a.start - b.start);
  const first = ran[0]?.start ?? 0;
  const ends: number[] = [];
  let ms = 1;
  const spans = ran.map(({ record, start }) => {
    const from = start - first;
    const to = from + (record.durationMs ?? 0);
    const free = ends.findIndex(end => end <= from + roundingMs);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    ms = Math.max(ms, to);
    return { record, from, to, lane };
  });
  return { spans, lanes: ends.length, ms, loads: loadsOf(spans, ms, parts) };
}

function loadsOf(spans: readonly Span[], ms: number, parts: number): Load[] {
  const loads = Array.from({ length: parts }, (): [number, number, number, number, number] => [0, 0, 0, 0, 0]);
  const partAt = (time: number) => Math.min(parts - 1, Math.floor((time / ms) * parts));
  const ending = spans.toSorted((a, b) => a.to - b.to);
  let [ended, part, atOnce, usedBytes, reservedBytes] = [0, 0, 0, 0, 0];
  const see = () => {
    const load = loads[part]!;
    load[2] = Math.max(load[2], atOnce);
    load[3] = Math.max(load[3], usedBytes);
    load[4] = Math.max(load[4], reservedBytes);
  };
  const goTo = (time: number) => {
    for (const to = partAt(time); part < to; see()) part++;
  };
  const count = ({ record }: Span, by: 1 | -1) => {
    atOnce += by;
    usedBytes += by * (record.peakMemoryBytes ?? 0);
    reservedBytes += by * (record.memoryCapBytes ?? 0);
  };
  const atWork = new Set<Span>();
  const end = (span: Span) => atWork.delete(span) && count(span, -1);
  const endBefore = (time: number) => {
    for (let next = ending[ended]; next && next.to < time; next = ending[++ended]) {
      goTo(next.to);
      end(next);
    }
  };
  for (const span of spans) {
    endBefore(span.from);
    for (const other of atWork) if (other.to <= span.from + roundingMs) end(other);
    goTo(span.from);
    atWork.add(span);
    count(span, 1);
    see();
    const load = loads[part]!;
    load[0]++;
    if (isFailure(span.record.kind)) load[1]++;
  }
  endBefore(Infinity);
  return loads;
}

function moodOf(kind: VerdictKind): Mood {
  if (isFailure(kind)) return 'failed';
  return kind === 'passed' ? 'passed' : 'skipped';
}

const width = 1000;
const laneHeight = 10;
/** What failed is drawn over what did not. */
const moods: readonly Mood[] = ['passed', 'skipped', 'failed'];

/** As the panel draws it: of any run a few hundred parts, and what can be seen of its tests. */
export function panelCourse(course: Course): PanelCourse {
  const { spans, lanes, ms, loads } = course;
  return {
    tests: spans.length,
    failed: spans.filter(({ record }) => isFailure(record.kind)).length,
    lanes,
    ms,
    loads,
    width,
    height: lanes * laneHeight,
    paths: moods.map(mood => [mood, moodPath(course, mood)]),
  };
}

/** All tests of one mood as one path. What is too narrow to be seen by itself is drawn together with its neighbour. */
function moodPath({ spans, ms }: Course, mood: Mood): string {
  const open = new Map<number, [from: number, to: number]>();
  let path = '';
  const draw = (lane: number, [from, to]: readonly [number, number]) =>
    (path += `M${round(from)} ${lane * laneHeight + 1}H${round(to)}v${laneHeight - 2}H${round(from)}z`);
  for (const { record, from, to, lane } of spans) {
    if (moodOf(record.kind) !== mood) continue;
    const x = (from / ms) * width;
    const end = Math.max(x + 1.5, (to / ms) * width - 0.5);
    const last = open.get(lane);
    if (last && end - x < 3 && x - last[1] < 1) last[1] = Math.max(last[1], end);
    else {
      if (last) draw(lane, last);
      open.set(lane, [x, end]);
    }
  }
  for (const [lane, last] of open) draw(lane, last);
  return path;
}

/** The test that is drawn there, or the one nearest to it in its lane. */
export function spanAt({ spans }: Course, lane: number, time: number): Span | undefined {
  let nearest: Span | undefined;
  let least = Infinity;
  for (const span of spans) {
    const away = Math.max(span.from - time, time - span.to, 0);
    if (span.lane === lane && away < least) [nearest, least] = [span, away];
  }
  return nearest;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
