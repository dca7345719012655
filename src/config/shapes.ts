import { isAbsolute, posix } from 'node:path';
import { type Parsed, parseBytes, parseDuration } from './quantities.ts';

export type Path = readonly (string | number)[];

/** Hears of each value that is not accepted; `path` names it, `fix` says what to do about it. */
export type Report = (path: Path, message: string, fix?: string) => void;

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One kind of value: how it is described to an editor, and how it is read. `undefined`: not accepted, and reported. */
export interface Shape<T> {
  readonly schema: JsonSchema;
  read(value: unknown, path: Path, report: Report): T | undefined;
}

/** A value that is read as a whole, also from a flag or a variable. */
export interface Scalar<T> extends Shape<T> {
  parse(value: unknown): Parsed<T>;
}

function scalar<T>(schema: JsonSchema, parse: (value: unknown) => Parsed<T>, fix?: string): Scalar<T> {
  return {
    schema,
    parse,
    read(value, path, report) {
      const parsed = parse(value);
      if (parsed.ok) return parsed.value;
      report(path, `expected ${parsed.expected}, got ${shown(value)}`, fix ?? quotes(value));
      return undefined;
    },
  };
}

function quotes(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? `Put it in quotes: "${value}".` : undefined;
}

interface Range {
  readonly least: number;
  readonly most: number;
  /** The range in words, for the message. */
  readonly range: string;
}

function within({ least, most, range }: Range, parsed: Parsed<number>, such: string): Parsed<number> {
  if (!parsed.ok || (parsed.value >= least && parsed.value <= most)) return parsed;
  return { ok: false, expected: `${such}, ${range}` };
}

export function size(range: Range): Scalar<number> {
  const pattern = '^\\s*\\d+(\\.\\d+)?\\s*([kKmMgGtT]([iI]?[bB])?|[bB])?\\s*$';
  return scalar(
    { type: ['string', 'integer'], pattern, minimum: range.least, maximum: range.most },
    value => within(range, parseBytes(value), 'a size'),
    'Write a number and its unit: KiB, MiB, GiB or TiB.',
  );
}

export function duration(range: Range): Scalar<number> {
  const pattern = '^\\s*\\d+(\\.\\d+)?\\s*([mM][sS]|[sS]|[mM]([iI][nN])?|[hH])\\s*$';
  return scalar(
    { type: ['string', 'integer'], pattern, minimum: range.least, maximum: range.most },
    value => within(range, parseDuration(value), 'a time'),
    'Write a number and its unit: ms, s, min or h.',
  );
}

export function count(least: number, most: number): Scalar<number> {
  const expected = `a whole number from ${least} to ${most}`;
  return scalar(
    { type: 'integer', minimum: least, maximum: most },
    value =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
        ? { ok: true, value }
        : { ok: false, expected },
    'Write it without quotes, a unit or a fraction.',
  );
}

/** `shape`, or one of `words`, each of which stands for a value. */
export function orWord<T, W>(shape: Scalar<T>, words: ReadonlyMap<unknown, W>): Scalar<T | W> {
  const named = [...words.keys()];
  return scalar<T | W>(
    { anyOf: [shape.schema, { enum: named }] },
    value => {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
      return words.has(word) ? { ok: true, value: words.get(word) as W } : shape.parse(value);
    },
    `Write such a value, or ${shown(named[0])}.`,
  );
}

/** One of a few words, each with its meaning. */
export function choice<T extends string>(meanings: Readonly<Record<T, string>>): Scalar<T> {
  const words = Object.keys(meanings) as T[];
  return scalar<T>(
    { enum: words, enumDescriptions: Object.values(meanings) },
    value => {
      const found = words.find(word => word === value);
      return found ? { ok: true, value: found } : { ok: false, expected: words.map(shown).join(' or ') };
    },
    'Write one of these words.',
  );
}

export const text: Scalar<string> = scalar({ type: 'string', minLength: 1 }, value =>
  typeof value === 'string' && value !== '' && !value.includes('\0')
    ? { ok: true, value }
    : { ok: false, expected: 'text' },
);

/** A value of the environment, which may be empty. */
const environmentValue: Shape<string> = {
  schema: { type: 'string' },
  read: (value, path, report) => (value === '' ? '' : text.read(value, path, report)),
};

/** A path or glob below the workspace folder. */
export const inside: Shape<string> = {
  schema: text.schema,
  read(value, path, report) {
    const written = text.read(value, path, report);
    if (written === undefined) return undefined;
    const plain = posix.normalize(written.replaceAll('\\', '/'));
    if (isAbsolute(written) || /^([a-z]:)?\//i.test(plain) || plain === '..' || plain.startsWith('../')) {
      report(
        path,
        `${shown(value)} is outside the workspace folder`,
        'Write a path below the workspace folder, relative to it.',
      );
      return undefined;
    }
    return written;
  },
};

/** A list is taken whole or not at all: a command line with a word missing is another command line. */
export function listOf<T>(item: Shape<T>, options: { least: number; example: string }): Shape<T[]> {
  return {
    schema: { type: 'array', items: item.schema, minItems: options.least },
    read(value, path, report) {
      if (!Array.isArray(value) || value.length < options.least) {
        const fix = typeof value === 'string' ? 'Split it into a list of words, each in quotes.' : undefined;
        report(path, `expected a list such as ${options.example}, got ${shown(value)}`, fix);
        return undefined;
      }
      const items = value.map((each: unknown, index) => item.read(each, [...path, index], report));
      return items.every(each => each !== undefined) ? items : undefined;
    },
  };
}

export function oneOrMore<T extends string>(item: Shape<T>, example: string): Shape<T[]> {
  const list = listOf(item, { least: 1, example });
  return {
    schema: { anyOf: [item.schema, list.schema] },
    read(value, path, report) {
      if (typeof value !== 'string') return list.read(value, path, report);
      const one = item.read(value, path, report);
      return one === undefined ? undefined : [one];
    },
  };
}

/** Names of variables and their values; what is not accepted is left out. */
export const environment: Shape<Record<string, string>> = {
  schema: { type: 'object', additionalProperties: environmentValue.schema },
  read(value, path, report) {
    if (!isObject(value)) {
      report(path, `expected an object such as { "NODE_ENV": "test" }, got ${shown(value)}`);
      return undefined;
    }
    const accepted = Object.entries(value).flatMap(([name, each]) => {
      const at = [...path, name];
      if (name === '' || /[=\0]/.test(name)) {
        report(at, 'expected the name of a variable', 'Write a name without "=".');
        return [];
      }
      const read = environmentValue.read(each, at, report);
      return read === undefined ? [] : [[name, read] as const];
    });
    return Object.fromEntries(accepted);
  },
};

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as it is written in a file, short enough for a message. */
export function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}
