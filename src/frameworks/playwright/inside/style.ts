import { stripVTControlCharacters } from 'node:util';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import { describeFailure, type FailureStyle } from '../../inside/failure.ts';

/** An error as playwright carries it between its processes. */
export interface PlaywrightError {
  readonly message?: string;
  readonly stack?: string;
  /** What was thrown and is no error. */
  readonly value?: string;
}

const foreign =
  /[\\/]node_modules[\\/](?:@playwright|playwright|playwright-core)[\\/]|[\\/]playwright-(?:list|run|worker)\.cjs$/;

export const style: FailureStyle = {
  isForeign: file => foreign.test(file),
  compare: error => comparedIn(String((error as { message?: unknown }).message)),
};

export function failureOf({ message, stack, value }: PlaywrightError): FailureMessage {
  if (message === undefined) return describeFailure(stripVTControlCharacters(value ?? 'nothing'), style);
  const text = stripVTControlCharacters(message);
  return describeFailure(
    {
      name: 'Error',
      message: text.replace(/^Error: /, ''),
      stack: stripVTControlCharacters(stack ?? text),
    },
    style,
  );
}

/** Playwright's worker makes text of both values, in one of three forms: the last, of a text that was kept, is a patch. */
export function comparedIn(message: string): { readonly expected: string; readonly actual: string } | null {
  const expected = /^Expected(?: [a-z]+)?: +(.+)$/m.exec(message)?.[1];
  const actual = /^Received(?: [a-z]+)?: +(.+)$/m.exec(message)?.[1];
  if (expected !== undefined && actual !== undefined) return { expected, actual };
  const marked = /^- Expected .*\n\+ Received .*\n\n((?:[-+ ] .*\n?|[-+ ]?\n)+)/m.exec(message)?.[1];
  const [, indent = '', patch] = /^( *)@@ -.* @@\n((?:\1[-+ @\\].*\n?)+)/m.exec(message) ?? [];
  const [lines, sign] = marked === undefined ? [patch, 1] : [marked, 2];
  if (lines === undefined) return null;
  const side = (other: string) =>
    lines
      .trimEnd()
      .split('\n')
      .map(line => (marked === undefined ? line.slice(indent.length) : line))
      .filter(line => !line.startsWith(other) && !/^(?:@@|\\)/.test(line))
      .map(line => line.slice(sign))
      .join('\n');
  return { expected: side('+'), actual: side('-') };
}
