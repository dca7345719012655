import { join, posix } from 'node:path';
import type { Problem } from '../protocol/messages.ts';
import { failingKinds, type VerdictKind } from '../protocol/verdict.ts';
import { everyOf, type Field, type Fields, objectOf, objectSchema } from './fields.ts';
import { loadDocument } from './read-document.ts';
import {
  choice,
  count,
  inside,
  type JsonSchema,
  oneOrMore,
  type Path,
  type Report,
  type Shape,
  shown,
  text,
} from './shapes.ts';

export const knownFailuresName = 'bulkhead.known-failures.json';

/** A test that the project knows to fail: while it does, its run does not. */
export interface KnownFailure {
  /** Relative to the workspace folder, with forward slashes. */
  readonly file: string;
  /** The titles from the outside in; none: the file itself, where that is the test or cannot be loaded. */
  readonly test: readonly string[];
  /** Which of the tests with these titles, from 1; absent: all of them. */
  readonly occurrence?: number;
  /** Where a file is a test file of several frameworks; absent: any. */
  readonly framework?: string;
  readonly reason: string;
  readonly issue?: string;
  /** The last day, in UTC, on which it counts: `2026-12-31`. */
  readonly until?: string;
  /** How it fails; absent: in whatever way. */
  readonly verdict?: readonly VerdictKind[];
  /** Passing is a failure, so that the entry is taken off. */
  readonly strict: boolean;
  /** In the list. */
  readonly line: number;
}

const title: Shape<string> = {
  schema: { type: 'string' },
  read(value, path, report) {
    if (typeof value === 'string') return value;
    report(path, `expected a title, got ${shown(value)}`, 'Put it in quotes.');
    return undefined;
  },
};

const day: Shape<string> = {
  schema: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
  read(value, path, report) {
    const written = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
    const date = new Date(`${written}T00:00:00Z`);
    // 2026-02-30 is read as a day in March.
    if (written !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written)) return written;
    report(path, `expected a day such as "2026-12-31", got ${shown(value)}`, 'Write year, month and day.');
    return undefined;
  },
};

const flag: Shape<boolean> = {
  schema: { type: 'boolean' },
  read(value, path, report) {
    if (typeof value === 'boolean') return value;
    report(path, `expected true or false, got ${shown(value)}`, 'Write true or false, without quotes.');
    return undefined;
  },
};

const kinds = choice(
  Object.fromEntries(failingKinds.map(kind => [kind, `It is ${kind.replaceAll('-', ' ')}.`])) as Record<
    VerdictKind,
    string
  >,
);

const strict: Field<boolean> = {
  shape: flag,
  description: 'Whether passing counts as a failure, so that the entry is taken off the list.',
  default: false,
};

const entry = objectOf(
  {
    file: {
      shape: inside,
      description: 'The test file, relative to the workspace folder.',
      examples: ['test/parser.test.js'],
    },
    test: {
      shape: oneOrMore(title, '["parser", "reads an empty file"]'),
      description:
        'The title of the test, after those of its suites from the outside in. Without it the file itself is meant, where that is the test or cannot be loaded.',
      examples: [['parser', 'reads an empty file'], 'reads an empty file'],
    },
    occurrence: {
      shape: count(1, 1_000_000),
      description: 'Which of the tests with these titles, from 1; without it, all of them.',
      examples: [2],
    },
    framework: {
      shape: text,
      description: 'The framework, where the file belongs to several.',
      examples: ['mocha', 'pytest'],
    },
    reason: { shape: text, description: 'Why it fails, in a sentence.', examples: ['Rounds up since the upgrade.'] },
    issue: { shape: text, description: 'Where this is worked on.', examples: ['https://example.com/issues/12'] },
    until: {
      shape: day,
      description: 'The last day (in UTC) on which the entry counts; after it the test fails the run again.',
      examples: ['2026-12-31'],
    },
    verdict: {
      shape: oneOrMore(kinds, '["failed", "timed-out"]'),
      description: 'How it fails; a failure of another kind fails the run. Without it, every kind is known.',
      examples: ['timed-out', ['failed', 'crashed']],
    },
    strict,
  },
  ['file', 'reason'],
);

interface Written extends Omit<KnownFailure, 'strict' | 'line'> {
  readonly strict?: boolean;
  readonly index: number;
}

/** An entry that was written in part must not excuse more than was meant. */
const whole: Shape<Written> = {
  schema: entry.schema,
  read(value, path, report) {
    let faults = 0;
    const read = entry.read(value, path, (...about) => {
      faults++;
      report(...about);
    });
    if (!read || faults > 0) return undefined;
    const { file, test = [], ...rest } = read;
    return { ...rest, test, file: posix.normalize(file.replaceAll('\\', '/')), index: Number(path.at(-1)) };
  },
};

const fields = {
  $schema: { shape: title, description: 'Where the description of this file is, for editors.' },
  strict: { ...strict, description: 'What holds for entries that do not say "strict" themselves.' },
  tests: {
    shape: everyOf(whole, 'objects with "file", "test" and "reason"'),
    description: 'The known failures, one entry a test.',
    default: [],
  },
} satisfies Fields;

const list = objectOf(fields);

/** The list of a folder, which need not have one. */
export async function loadKnownFailures(
  folder: string,
): Promise<{ readonly known: readonly KnownFailure[]; readonly problems: readonly Problem[] }> {
  const { value = [], problems } = await loadDocument(join(folder, knownFailuresName), readList);
  return { known: value, problems };
}

export function readList(value: unknown, report: Report, lineOf: (path: Path) => number): KnownFailure[] {
  const { tests = [], strict = false } = list.read(value, [], report) ?? {};
  return tests.map(({ index, ...each }) => ({ strict, ...each, line: lineOf(['tests', index]) }));
}

export function knownFailuresSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Known failures',
    description: 'Tests that are known to fail: they are run and told, and do not fail the run.',
    allowComments: true,
    allowTrailingCommas: true,
    ...objectSchema(fields),
  };
}
