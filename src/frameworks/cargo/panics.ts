import { resolve } from 'node:path';
import type { FailureMessage } from '../../protocol/verdict.ts';

export interface Panic {
  readonly thread: string;
  /** Where it ends in what was searched. */
  readonly end: number;
  readonly failure: FailureMessage;
}

/** From 1.73 on the place comes before the message, and before that behind it, in quotation marks. */
const panic =
  /^thread '(.*?)'(?: \(\d+\))? panicked at (?:'([\s\S]*?)', (\S.*?):(\d+):\d+$|(?!')(\S.*?):(\d+):\d+:\n([\s\S]*?)(?=^(?:stack backtrace:|note: run with|note: Some details|Error: |thread '.*panicked at )|(?![\s\S])))/gm;

/** What the runtime of Rust says of each panic; paths are relative to the workspace. */
export function panicsIn(errors: string, root: string): Panic[] {
  return [...errors.matchAll(panic)].map(match => {
    const [whole, thread = '', old, oldFile, oldLine, file, line, text] = match;
    const place = { file: resolve(root, oldFile ?? file ?? ''), line: Number(oldLine ?? line) };
    const failure = { text: (old ?? text ?? '').trim(), stack: whole.trim(), ...place };
    return { thread, end: match.index + whole.length, failure };
  });
}

/** What a test that gives back an error prints of it. */
export function errorIn(errors: string): Omit<Panic, 'thread'> | null {
  const match = /^Error: [\s\S]*?(?=^thread '|^Error: |^\s*$|(?![\s\S]))/m.exec(errors);
  return match && { end: match.index + match[0].length, failure: { text: match[0].trim() } };
}
