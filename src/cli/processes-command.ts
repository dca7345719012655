import { reapingText, wardensText } from '../reports/processes.ts';
import { observe } from '../warden/observation.ts';
import { sweep } from '../warden/sweep.ts';
import type { PsCommand, ReapCommand } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import type { Program } from './program.ts';

/** What is alive now of all wardens of this user: read from the ledger and the system, so that no warden need answer. */
export async function psCommand({ json }: PsCommand, { console }: Program): Promise<number> {
  const wardens = observe();
  if (json) await console.document([`${JSON.stringify({ format: 1, wardens }, null, 2)}\n`]);
  else console.people.print(wardensText(wardens, text => console.people.style('bold', text)));
  return exitCodes.passed;
}

export async function reapCommand({ json }: ReapCommand, { console }: Program): Promise<number> {
  const reaping = await sweep();
  if (json) await console.document([`${JSON.stringify({ format: 1, ...reaping }, null, 2)}\n`]);
  else console.people.print(reapingText(reaping));
  const done = reaping.unfinished.length === 0 && reaping.wardens.every(({ survivors }) => survivors.length === 0);
  return done ? exitCodes.passed : exitCodes.infrastructure;
}
