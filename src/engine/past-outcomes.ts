import { setTimeout as sleep } from 'node:timers/promises';
import type { LastVerdict } from '../protocol/history.ts';
import type { TestKey } from '../protocol/tests.ts';
import { isFailure } from '../protocol/verdict.ts';
import { ordinary } from './slots.ts';

export type AskHistory = (keys: readonly TestKey[]) => Promise<readonly LastVerdict[]>;
export type Outcomes = ReadonlyMap<TestKey, LastVerdict>;

/** Files that are planned at about the same time ask together. */
const gatherMs = 10;
/** A history that has to be opened first, or that takes in what a killed warden left, does not hold a run up for longer. */
const patienceMs = 250;

/** Of one question: more would take the history longer than anybody waits. */
const mostAsked = 20_000;

const nothing: Outcomes = new Map();

/** What became of tests the last time, as far as the history says so at once. */
export class PastOutcomes {
  readonly #ask: AskHistory | null;
  readonly #patienceMs: number;
  #wanted: TestKey[] = [];
  #gathering: Promise<Outcomes> | null = null;
  /** It was too slow for somebody: until it has answered, nobody waits. */
  #isLate = false;

  constructor(ask: AskHistory | null, patience = patienceMs) {
    this.#ask = ask;
    this.#patienceMs = patience;
  }

  async of(keys: readonly TestKey[]): Promise<Outcomes> {
    if (!this.#ask || this.#isLate || keys.length === 0) return nothing;
    for (const key of keys) this.#wanted.push(key);
    this.#gathering ??= this.#gather(this.#ask);
    return this.#gathering;
  }

  async #gather(ask: AskHistory): Promise<Outcomes> {
    await sleep(gatherMs);
    const keys = this.#wanted.slice(0, mostAsked);
    this.#wanted = [];
    this.#gathering = null;
    // A history that cannot be asked says so itself, and a run needs none.
    const answer = ask(keys).catch(() => []);
    const inTime = await Promise.race([answer, sleep(this.#patienceMs, null, { ref: false })]);
    if (inTime) return new Map(inTime.map(last => [last.key, last]));
    this.#isLate = true;
    void answer.then(() => (this.#isLate = false));
    return nothing;
  }
}

/** When tests that share a cage have their turn: lower is sooner. Equal answers of the history make equal ranks. */
export function rankOf(keys: readonly TestKey[], past: Outcomes): number {
  const known = keys.flatMap(key => past.get(key) ?? []);
  if (known.length === 0) return ordinary;
  const failed = known.some(({ verdict }) => isFailure(verdict));
  const ms = known.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  return (failed ? ordinary - 1 : ordinary + 1) + 1 / (2 + ms);
}
