import type { Order } from '../../../protocol/events.ts';

/**
 * What becomes of the marks `.only`. `node --test` heeds them where it is told to, and a file that is run as the program always. Tests
 * that somebody picked out run whatever is marked.
 */
export type OnlyMarks = 'ignored' | 'heeded' | 'set';

export function onlyMarks(
  { chosen }: Order,
  words = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''],
): OnlyMarks {
  if (!words.some(word => /(?:^|\s)--test-only(?:\s|$)/.test(word))) return 'ignored';
  return chosen ? 'set' : 'heeded';
}

/** The options with which node:test gets a test. */
export function withMarks(options: object | undefined, marks: OnlyMarks): object | undefined {
  switch (marks) {
    case 'heeded':
      return options;
    case 'set':
      return { ...options, only: true };
    case 'ignored':
      return options && 'only' in options ? { ...options, only: false } : options;
  }
}
