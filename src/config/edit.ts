import { applyEdits, type Edit, modify, parse } from 'jsonc-parser';

/** What to change in the text of a configuration so that this key has this value; comments and all else stay as they are. */
export function settingEdits(text: string, key: string, value: unknown): Edit[] {
  return inItsComment(text, key, value) ?? inserted(text, key, value);
}

/** Undefined where the key is not written, or nothing can be read. */
export function writtenValue(text: string, key: string): unknown {
  const read: unknown = parse(text, [], { allowTrailingComma: true });
  return typeof read === 'object' && read !== null && Object.hasOwn(read, key)
    ? (read as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** What an entry of "overrides" is about; without `tests`, the whole file. */
export interface Addressed {
  readonly files: string;
  readonly tests?: string;
}

/** The edits that give these tests a limit of their own: in the entry that speaks of them alone, else in a new one, the last. */
export function overrideEdits(text: string, { files, tests }: Addressed, key: string, value: unknown): Edit[] {
  const written = writtenValue(text, 'overrides');
  const formattingOptions = formattingOf(text);
  const entry = { files, ...(tests === undefined ? {} : { tests }), [key]: value };
  if (!Array.isArray(written)) return settingEdits(text, 'overrides', [entry]);
  const index = written.findLastIndex(each => isAbout(each, files) && sameWord((each as Entry).tests, tests));
  // What stands further down wins, so an entry is changed only where none after it could overrule it.
  if (index >= 0 && index === written.length - 1) {
    return modify(text, ['overrides', index, key], value, { formattingOptions });
  }
  return modify(text, ['overrides', written.length], entry, { formattingOptions, isArrayInsertion: true });
}

interface Entry {
  readonly files?: unknown;
  readonly tests?: unknown;
}

function isAbout(each: unknown, files: string): boolean {
  return typeof each === 'object' && each !== null && sameWord((each as Entry).files, files);
}

/** A single word may be written as a list of one. */
function sameWord(written: unknown, word: string | undefined): boolean {
  return written === word || (Array.isArray(written) && written.length === 1 && written[0] === word);
}

function inserted(text: string, key: string, value: unknown): Edit[] {
  const formattingOptions = formattingOf(text);
  // After the last property, an insertion would take over the comment on that one's line.
  return modify(text, [key], value, { formattingOptions, getInsertionIndex: () => 0 });
}

/** A first configuration has each key in a comment of one line, which is the natural place for it. */
function inItsComment(text: string, key: string, value: unknown): Edit[] | null {
  if (writtenValue(text, key) !== undefined) return null;
  const property = `${JSON.stringify(key)}: `;
  const line = text.split('\n').find(each => each.trimStart().startsWith(`// ${property}`) && each.endsWith(','));
  if (line === undefined) return null;
  const written = line.trimStart();
  const offset = text.indexOf(line) + line.length - written.length;
  const edits = [{ offset, length: written.length, content: `${property}${JSON.stringify(value)},` }];
  // It may stand elsewhere than in the outermost braces, or with nothing but comments behind it.
  const same = JSON.stringify(writtenValue(applyEdits(text, edits), key)) === JSON.stringify(value);
  return same ? edits : null;
}

function formattingOf(text: string) {
  const indent = /\n( +|\t)"/.exec(text)?.[1] ?? '  ';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: indent !== '\t', tabSize: indent.length, eol };
}
