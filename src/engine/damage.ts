import { undelivered } from '../protocol/events.ts';
import type { UnitEvidence } from './evidence.ts';

/** What kept the end of a test from being heard, although it may have been told. */
export function damageOf({ saidBye, exit, protocolProblems, outputTail }: UnitEvidence): string | null {
  if (exit?.code === undelivered.code && outputTail.includes(undelivered.words)) {
    return 'The results could not be delivered: the file descriptor for them was closed or replaced.';
  }
  const [problem] = protocolProblems;
  return saidBye && problem ? `How it ended was not heard, for the events were damaged: ${problem}.` : null;
}
