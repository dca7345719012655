import { isAbsolute, resolve } from 'node:path';
import type { FailureMessage } from '../../protocol/verdict.ts';

const beginning = /^(?:panic: |fatal error: |runtime: |WARNING: DATA RACE)/m;

/** What Go's runtime says when it gives up, with the first place in a test file. */
export function panicIn(errors: string, directory: string): FailureMessage | null {
  const start = beginning.exec(errors);
  if (!start) return null;
  const stack = errors.slice(start.index);
  const [, file, line] = /^\t(\S+_test\.go):(\d+)/m.exec(stack) ?? [];
  const text = stack.split(/\n\s*\n/, 1)[0]!.trim();
  return {
    text,
    stack,
    ...(file === undefined ? {} : { file: isAbsolute(file) ? file : resolve(directory, file), line: Number(line) }),
  };
}
