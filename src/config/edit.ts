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

function inserted(text: string, key: string, value: unknown): Edit[] {
  const indent = /\n( +|\t)"/.exec(text)?.[1] ?? '  ';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces: indent !== '\t', tabSize: indent.length, eol };
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
