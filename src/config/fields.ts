import { nearest } from './nearest.ts';
import { isObject, type JsonSchema, type Path, type Report, type Shape, shown } from './shapes.ts';

/** One key of an object: what it takes and what it is for. */
export interface Field<T> {
  readonly shape: Shape<T>;
  /** For people, in the editor's completion. */
  readonly description: string;
  /** As it would be written in the file. */
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type Values<F extends Fields> = { -readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never };

/**
 * An object of these keys and no others. A key that is not accepted is left out; a required one takes the object with it, and
 * so does one of those of which there must be at least `one`.
 */
export function objectOf<F extends Fields, R extends keyof F & string = never>(
  fields: F,
  required: readonly R[] = [],
  one: readonly (keyof F & string)[] = [],
): Shape<Values<F> & { [K in R]-?: Exclude<Values<F>[K], undefined> }> {
  return {
    schema: {
      ...objectSchema(fields, required),
      ...(one.length > 0 ? { anyOf: one.map(name => ({ required: [name] })) } : {}),
    },
    read(value, path, report) {
      if (!isObject(value)) {
        report(path, `expected an object in braces, got ${shown(value)}`);
        return undefined;
      }
      const values = readFields(fields, value, path, report);
      const missing = required.filter(name => !(name in value));
      for (const name of missing) {
        report(path, `"${name}" is missing`, `Add it: ${example(name, fields[name])}.`);
      }
      if (one.length > 0 && !one.some(name => name in value)) {
        const names = one.map(name => `"${name}"`).join(' or ');
        report(path, `${names} is missing`, `Add one: ${example(one[0]!, fields[one[0]!])}.`);
      }
      // A key that was written and not accepted must not widen what the others say.
      const whole = one.length === 0 || one.every(name => name in value === (values[name] !== undefined));
      const some = one.length === 0 || one.some(name => values[name] !== undefined);
      return whole && some && required.every(name => values[name] !== undefined) ? (values as never) : undefined;
    },
  };
}

export function readFields<F extends Fields>(
  fields: F,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  report: Report,
): Values<F> {
  const values = Object.entries(value).flatMap(([name, each]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) {
      reportUnknown(name, Object.keys(fields), path, report);
      return [];
    }
    const read = field.shape.read(each, [...path, name], report);
    return read === undefined ? [] : [[name, read] as const];
  });
  return Object.fromEntries(values) as Values<F>;
}

function reportUnknown(name: string, known: readonly string[], path: Path, report: Report): void {
  const meant = nearest(name, known);
  const fix = meant ? `Did you mean "${meant}"?` : `Remove it; the keys known here are ${known.join(', ')}.`;
  report([...path, name], 'unknown key', fix);
}

function example(name: string, field: Field<unknown> | undefined): string {
  const value = field?.examples?.[0];
  return value === undefined ? `"${name}": …` : `"${name}": ${JSON.stringify(value)}`;
}

/** Objects are kept each by itself: one that is not accepted takes no other with it. */
export function everyOf<T>(item: Shape<T>, what: string): Shape<T[]> {
  return {
    schema: { type: 'array', items: item.schema },
    read(value, path, report) {
      if (!Array.isArray(value)) {
        report(path, `expected a list of ${what}, got ${shown(value)}`, 'Put it in brackets: [ … ].');
        return undefined;
      }
      return value
        .map((each: unknown, index) => item.read(each, [...path, index], report))
        .filter(each => each !== undefined);
    },
  };
}

export function objectSchema(fields: Fields, required: readonly string[] = []): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
  };
}

export function fieldSchema(field: Field<unknown>): JsonSchema {
  const { shape, description, examples } = field;
  return {
    description,
    ...shape.schema,
    ...('default' in field ? { default: field.default } : {}),
    ...(examples ? { examples } : {}),
  };
}
