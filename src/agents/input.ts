import { fields } from '../config/table.ts';
import type { SettingsLayer } from '../config/settings.ts';
import type { Scalar } from '../config/shapes.ts';
import { mostFiles, mostNames, mostRepeats } from './tools.ts';

/** Something that an agent can mend by calling again: its text says how. */
export class ToolProblem extends Error {}

export interface RunInput {
  readonly files: readonly string[];
  readonly names: readonly string[];
  readonly layer: SettingsLayer;
  readonly repeat: number;
}

export interface ReportInput {
  readonly test: string | null;
  readonly run: string | null;
}

/** Arguments come from a language model: each is looked at, and what is wrong is said so that it can be mended. */
export function readRunInput(input: unknown): RunInput {
  const given = known(input, ['files', 'names', 'memory', 'timeout', 'repeat']);
  return {
    files: textsOf(given, 'files', mostFiles),
    names: textsOf(given, 'names', mostNames).map(name => name.trim()),
    layer: {
      ...quantity(given, 'memory', fields.memory.shape),
      ...quantity(given, 'timeout', fields.timeout.shape),
    },
    repeat: repeats(given['repeat']),
  };
}

export function readReportInput(input: unknown): ReportInput {
  const given = known(input, ['test', 'run']);
  return { test: textOf(given, 'test'), run: textOf(given, 'run') };
}

type Given = Readonly<Record<string, unknown>>;

function known(input: unknown, names: readonly string[]): Given {
  const given = input ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new ToolProblem('The arguments must be an object.');
  const odd = Object.keys(given).find(name => !names.includes(name));
  if (odd !== undefined)
    throw new ToolProblem(`There is no argument "${odd.slice(0, 60)}". There are: ${names.join(', ')}.`);
  return given as Given;
}

function textsOf(given: Given, name: string, most: number): string[] {
  const value = given[name] ?? [];
  if (!Array.isArray(value) || !value.every(each => typeof each === 'string' && each.trim() !== ''))
    throw new ToolProblem(`"${name}" must be a list of texts that are not empty.`);
  if (value.length > most) throw new ToolProblem(`"${name}" may have ${most} entries, got ${value.length}.`);
  return value as string[];
}

function textOf(given: Given, name: string): string | null {
  const value = given[name] ?? null;
  if (value !== null && typeof value !== 'string') throw new ToolProblem(`"${name}" must be a text.`);
  return value === null || value.trim() === '' ? null : value.trim();
}

function quantity(given: Given, name: 'memory' | 'timeout', shape: Scalar<number | null>): SettingsLayer {
  const value = given[name] ?? null;
  if (value === null) return {};
  let why = '';
  const read = shape.read(value, [name], (_path, message, fix) => (why ||= fix ? `${message}. ${fix}` : message));
  if (read === undefined) throw new ToolProblem(`"${name}": ${why}`);
  return { [name]: read };
}

function repeats(value: unknown): number {
  if (value === undefined || value === null) return 1;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostRepeats) return value as number;
  throw new ToolProblem(`"repeat" must be a whole number from 1 to ${mostRepeats}.`);
}
