import { parseDocument } from '../config/document.ts';

/** Shorter values are words that stand everywhere: "1", "true", "en_US". */
const shortest = 6;

/** Without what the environment holds: each of its values gives way to the name of its variable. */
export function withoutValues(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const values = Object.entries(env)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].length >= shortest)
    .toSorted(([, a], [, b]) => b.length - a.length);
  return values.reduce((left, [name, value]) => left.replaceAll(value, `<${name}>`), text);
}

/** The configuration as it is understood, without what it gives to the environment of tests. */
export function configurationText(text: string): string {
  const { value } = parseDocument(text);
  return value === undefined ? 'It cannot be read as JSON.' : JSON.stringify(value, hideEnvironment, 2);
}

function hideEnvironment(key: string, value: unknown): unknown {
  if (key !== 'env' || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).map(name => [name, '<not shown>']));
}
