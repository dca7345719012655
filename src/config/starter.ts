import { relative, sep } from 'node:path';
import type { Project } from '../protocol/tests.ts';
import type { Field } from './fields.ts';
import { fields, frameworkFields } from './table.ts';

const shown = ['memory', 'timeout', 'isolation', 'jobs', 'retries', 'leaks', 'overrides', 'destructive'] as const;

/** A first configuration: as it is it changes nothing, and each line of it may be uncommented by itself. */
export function starterConfig(projects: readonly Project[]): string {
  const lines = [
    '{',
    '  // Every key may be left out. What is commented out shows the default, or an example where nothing is the default.',
    ...shown.flatMap(key => ['', ...entry(key, fields[key], '  ')]),
    '',
    ...comment(projects.length > 0 ? foundByItself : nothingFound, '  '),
    '  "frameworks": {',
    ...findings(projects).flatMap(finding => frameworkEntry(finding)),
    ...entry('command', frameworkFields.command, '    '),
    '  },',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

const foundByItself =
  'What was found here needs no entry. Name "folders" to keep to some of them, or write false to leave a framework out.';
const nothingFound = 'No framework was found here. Tests that are programs are named under "command".';

export interface Finding {
  readonly framework: string;
  readonly files: number;
  /** Relative to the workspace folder, which is ".". */
  readonly folders: readonly string[];
}

/** The frameworks of a folder, each with where it runs. */
export function findings(projects: readonly Project[]): Finding[] {
  const byFramework = Map.groupBy(projects, ({ framework }) => framework);
  return [...byFramework].map(([framework, own]) => ({
    framework,
    files: own.reduce((sum, { files }) => sum + files.length, 0),
    folders: [...new Set(own.map(({ folder, root }) => relative(folder.path, root).split(sep).join('/') || '.'))],
  }));
}

function frameworkEntry({ framework, files, folders }: Finding): string[] {
  const counted = `${files} ${files === 1 ? 'file' : 'files'} in ${folders.map(placeText).join(', ')}`;
  if (!(framework in frameworkFields) || framework === 'command') return comment(`${framework}: ${counted}`, '    ');
  return [...comment(counted, '    '), `    // ${property(framework, { folders })}`];
}

function placeText(folder: string): string {
  return folder === '.' ? 'this folder' : folder;
}

function entry(key: string, field: Field<unknown>, indent: string): string[] {
  const { description, examples = [], shape } = field;
  const words = Array.isArray(shape.schema['enum']) ? ` One of ${shape.schema['enum'].map(String).join(', ')}.` : '';
  const isEmpty = Array.isArray(field.default) && field.default.length === 0;
  const value = field.default === undefined || isEmpty ? examples[0] : field.default;
  return [...comment(description + words, indent), `${indent}// ${property(key, value)}`];
}

/** On one line, with the spaces that a person would write. */
function property(key: string, value: unknown): string {
  const text = JSON.stringify({ [key]: value }, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
  return `${text.slice(2, -2)},`;
}

function comment(text: string, indent: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last.length + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map(line => `${indent}// ${line}`);
}
