import type { Field } from '../config/fields.ts';
import type { JsonSchema } from '../config/shapes.ts';
import { fields } from '../config/table.ts';

// VS Code's settings editor shows a field for a text, a whole number (which may be null) and a choice; of anything else only a
// link to settings.json. So an empty text stands for "not set", and what a number cannot say is left to the project's file.

/** The keys of the project's file that are settings of the editor too. */
export const settingKeys = Object.keys(fields).filter(key => !['$schema', 'frameworks', 'destructive'].includes(key));

/** The Node for tests is a matter of the machine, so it is a setting of its own and stands in no project's section. */
export const nodeKey = 'node';

/** Folders, so that it is said for each workspace; of the machine's scope, so that no workspace can say it for itself. */
export const allowDestructiveKey = 'allowDestructive';

/** A matter of the window alone, which the engine knows nothing of. */
export const statusBarKey = 'statusBar';

const elsewhere = 'While this is not set, `bulkhead.config.json` decides.';

/** What `contributes.configuration.properties` of package.json holds. */
export function contributedSettings(): Record<string, JsonSchema> {
  const keys = settingKeys.map((key, order) => {
    const field = (fields as Readonly<Record<string, Field<unknown>>>)[key]!;
    const scope = ['jobs', 'memoryBudget', 'memoryFloor', 'runTimeout', 'cage.forbid'].includes(key)
      ? 'window'
      : 'resource';
    return [
      `bulkhead.${key}`,
      { scope, order, ...(key === 'overrides' ? overrides(field) : property(field)) },
    ] as const;
  });
  const node = {
    scope: 'machine-overridable',
    order: keys.length,
    type: 'string',
    default: '',
    markdownDescription: `The Node that runs JavaScript tests: a path, or a name on the \`PATH\`. ${elsewhere}`,
  };
  const allowDestructive = {
    scope: 'machine',
    order: keys.length + 1,
    type: 'array',
    items: { type: 'string' },
    uniqueItems: true,
    default: [],
    markdownDescription:
      'Workspace folders, as absolute paths, in which tests may run that `bulkhead.config.json` calls `destructive`. They run only where the kernel enforces the limits that hold them back. Settings of a workspace cannot allow it.',
  };
  return {
    ...Object.fromEntries(keys),
    [`bulkhead.${nodeKey}`]: node,
    [`bulkhead.${allowDestructiveKey}`]: allowDestructive,
    [`bulkhead.${statusBarKey}`]: {
      scope: 'window',
      order: keys.length + 2,
      type: 'boolean',
      default: true,
      markdownDescription: 'Shows the progress and the result of runs in the status bar.',
    },
  };
}

function overrides({ shape, description }: Field<unknown>): JsonSchema {
  const markdownDescription = `${description} The form is that of \`bulkhead.config.json\`; these come after the file's.`;
  return { markdownDescription, ...shape.schema, default: [] };
}

function property(field: Field<unknown>): JsonSchema {
  const { schema } = field.shape;
  if (schema['type'] === 'array') return wordList(field);
  const alternatives = [schema, ...((schema['anyOf'] as JsonSchema[] | undefined) ?? [])];
  const words = alternatives.flatMap(each => (each['enum'] as unknown[] | undefined) ?? []).filter(isText);
  const value = alternatives.find(each => each['type'] !== undefined && each['type'] !== 'array');
  if (!value)
    return choice(
      field,
      words,
      alternatives.flatMap(each => (each['enumDescriptions'] as string[] | undefined) ?? []),
    );
  return isText(value['pattern']) ? quantity(field, value['pattern'], words) : wholeNumber(field, value, words);
}

function choice(field: Field<unknown>, words: readonly string[], meanings: readonly string[]): JsonSchema {
  return {
    markdownDescription: describe(field),
    type: 'string',
    enum: ['', ...words],
    enumItemLabels: ['not set'],
    enumDescriptions: ['As `bulkhead.config.json` says.', ...meanings],
    default: '',
  };
}

/** A list of words, which the settings editor shows as one. */
function wordList(field: Field<unknown>): JsonSchema {
  const { type, items } = field.shape.schema;
  return { markdownDescription: describe(field), type, items, uniqueItems: true, default: [] };
}

function quantity(field: Field<unknown>, pattern: string, words: readonly string[]): JsonSchema {
  const examples = (field.examples ?? []).filter(isText).map(example => `"${example}"`);
  return {
    markdownDescription: describe(field),
    type: 'string',
    pattern: ['^$', pattern, ...words.map(word => `^${word}$`)].join('|'),
    patternErrorMessage: `Write a number and its unit, such as ${examples.join(' or ')}.`,
    default: '',
  };
}

function wholeNumber(field: Field<unknown>, value: JsonSchema, words: readonly string[]): JsonSchema {
  const only = words.length > 0 ? ` Only the file can say ${words.map(word => `"${word}"`).join(' or ')}.` : '';
  const { minimum, maximum } = value;
  return {
    markdownDescription: `${describe(field)}${only}`,
    type: ['integer', 'null'],
    minimum,
    maximum,
    default: null,
  };
}

function describe(field: Field<unknown>): string {
  const usual = 'default' in field && !Array.isArray(field.default) ? ` Usually \`${String(field.default)}\`.` : '';
  return `${field.description}${usual} ${elsewhere}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
