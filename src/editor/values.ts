import * as vscode from 'vscode';
import type { Field } from '../config/fields.ts';
import { fields } from '../config/table.ts';

export interface SettableKey {
  readonly key: string;
  readonly description: string;
  /** Its default, for people. */
  readonly usual: string;
}

/** The keys with a single value: lists and objects are written in the file. */
export function settableKeys(): SettableKey[] {
  return Object.entries<Field<unknown>>(fields)
    .filter(([key, { shape }]) => 'parse' in shape && key !== '$schema')
    .map(([key, { description, default: usual }]) => ({
      key,
      description,
      usual: usual === undefined ? vscode.l10n.t('by the machine') : JSON.stringify(usual),
    }));
}

/** A new value for a key, checked while it is typed; undefined: none. */
export async function askValue(key: string, written: unknown): Promise<unknown> {
  const field = (fields as Readonly<Record<string, Field<unknown>>>)[key];
  if (!field) return undefined;
  const { shape, description, examples = [], default: usual } = field;
  const { enum: words, enumDescriptions: meanings } = shape.schema;
  if (Array.isArray(words) && Array.isArray(meanings)) {
    const items = words.map((word, index) => ({ label: String(word), detail: String(meanings[index]) }));
    return (await vscode.window.showQuickPick(items, { title: `Bulkhead: ${key}`, placeHolder: description }))?.label;
  }
  const current = written ?? usual;
  const shown = examples.map(example => String(example)).join(', ');
  const text = await vscode.window.showInputBox({
    title: `Bulkhead: ${key}`,
    prompt: shown === '' ? description : vscode.l10n.t('{0} For example: {1}', description, shown),
    value: typeof current === 'string' || typeof current === 'number' ? String(current) : '',
    validateInput: typed => wrong(field, asWritten(typed)),
  });
  return text === undefined ? undefined : asWritten(text);
}

/** A number alone is a number in the file too. */
export function asWritten(text: string): string | number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text.trim();
}

/** Why this cannot be the value of the field; null: it can. */
export function wrong({ shape }: Field<unknown>, value: unknown): string | null {
  let why: string | null = null;
  shape.read(value, [], (_path, message, fix) => (why ??= fix ? `${message}. ${fix}` : message));
  return why;
}
