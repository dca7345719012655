import type { Problem } from '../protocol/messages.ts';
import { readFields } from './fields.ts';
import type { SettingsLayer } from './settings.ts';
import { isObject, type Path, type Report, shown } from './shapes.ts';
import { fields } from './table.ts';

/** What a source says, as far as it can be understood, and what cannot. */
export interface Reading {
  readonly layer: SettingsLayer;
  readonly problems: readonly Problem[];
}

/** The layer of an object of the file's form. What is not accepted is reported and left out. */
export function readSettings(value: unknown, report: Report): SettingsLayer {
  if (!isObject(value)) {
    report([], `expected an object in braces, got ${shown(value)}`, 'Write { } around the settings.');
    return {};
  }
  const { frameworks, ...layer } = readFields(fields, value, [], report);
  return { ...layer, ...frameworks };
}

/**
 * Settings that come as an object, such as the editor's: the keys of the file, where `frameworks.mocha` may be written as
 * one key. `source` stands before the keys in messages: with "bulkhead", `bulkhead.memory`.
 */
export function parseSettingsObject(values: Readonly<Record<string, unknown>>, source: string): Reading {
  const problems: Problem[] = [];
  const layer = readSettings(nested(values), (path, message, fix) =>
    problems.push(problemAt(keyText([source, ...path]), message, fix)),
  );
  return { layer, problems };
}

function nested(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole = Object.entries(values).filter(([, value]) => value !== undefined);
  const plain = Object.fromEntries(whole.filter(([name]) => !name.startsWith('frameworks.')));
  const frameworks = whole
    .filter(([name]) => name.startsWith('frameworks.'))
    .map(([name, value]) => [name.slice('frameworks.'.length), value] as const);
  if (frameworks.length === 0) return plain;
  return {
    ...plain,
    frameworks: { ...(plain['frameworks'] as object | undefined), ...Object.fromEntries(frameworks) },
  };
}

export function problemAt(key: string, message: string, fix?: string): Problem {
  return {
    severity: 'error',
    ...(key ? { key } : {}),
    message: key ? `${key}: ${message}` : message,
    ...(fix ? { fix } : {}),
  };
}

/** `overrides[0].memory` */
export function keyText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
}
