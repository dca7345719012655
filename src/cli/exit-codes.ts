import { constants } from 'node:os';

/** What the process says by its end; `bulkhead help` prints this table. */
export const exitCodes = {
  passed: 0,
  failed: 1,
  usage: 2,
  infrastructure: 3,
  noTests: 4,
} as const;

export const exitMeanings: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'every test passed or was skipped'],
  ['1', 'tests failed'],
  ['2', 'the command line, the configuration or the set-up of a framework is wrong'],
  ['3', 'Bulkhead itself could not do its work'],
  ['4', 'there were no tests to run'],
  ['130', 'stopped by Ctrl-C (129 by SIGHUP, 143 by SIGTERM, 141 when the reader of its output went away)'],
];

/** As a shell reports a program that died of the signal. */
export function exitCodeOf(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE'): number {
  return 128 + constants.signals[signal];
}
