import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import { describeFailure, type FailureStyle } from '../../inside/failure.ts';
import type { UserMocha } from './user-mocha.ts';

/** Which file of the configuration could not be read, and where in it: mocha itself names only the file. */
export function describeConfigFault(error: unknown, mocha: UserMocha): FailureMessage {
  const style: FailureStyle = { isForeign: file => file.startsWith(mocha.folder), compare: () => null };
  const failure = describeFailure(error, style);
  const file = /Unable to (?:read\/parse|parse|read) (.*?): /.exec(failure.text)?.[1];
  if (file === undefined) return failure;
  if (/\.[cm]?js$/.test(file)) return { ...failure, ...placeInScript(file, style) };
  return { text: failure.text, file, ...placeInText(file, failure.text) };
}

/** Mocha keeps only the words of what a script threw, so it is run once more for the place. */
function placeInScript(file: string, style: FailureStyle): Partial<FailureMessage> {
  try {
    createRequire(file)(file);
  } catch (thrown) {
    const { line, column, file: where } = describeFailure(thrown, style);
    return { file: where ?? file, ...(line ? { line } : {}), ...(column ? { column } : {}) };
  }
  return { file };
}

function placeInText(file: string, text: string): { line?: number; column?: number } {
  // Node from 20 on and js-yaml count lines; older Node counts characters.
  const counted = /\(line (\d+) column (\d+)\)/.exec(text) ?? /\((\d+):(\d+)\)/.exec(text);
  if (counted) return { line: Number(counted[1]), column: Number(counted[2]) };
  const position = /at position (\d+)/.exec(text)?.[1];
  if (position === undefined) return {};
  const before = readFileSync(file, 'utf8').slice(0, Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
