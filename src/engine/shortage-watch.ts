import type { Pool } from '../cages/host-memory.ts';
import type { Shortage, StopReason } from './evidence.ts';

/** What the watch needs of a process in its cage. */
export interface Held {
  readonly stopReason: StopReason | null;
  live(): { readonly memoryBytes: number };
  stop(reason: StopReason): Promise<void>;
}

/** Kept free where nobody says how much: of all memory, and at most. */
const usualShare = 0.02;
const usualMost = 128 * 1024 ** 2;
/** Of what was ended, until the kernel has all of its memory back. */
const settledMs = 1000;

/** Ends the largest cage when memory runs short around all of them, before the kernel has to choose a victim anywhere. */
export class ShortageWatch {
  readonly #pools: () => readonly Pool[];
  #restsUntil = 0;

  constructor(pools: () => readonly Pool[]) {
    this.#pools = pools;
  }

  /** `floorBytes`: null: the usual one; 0: there is none. */
  look(cages: readonly Held[], floorBytes: number | null, now = performance.now()): void {
    if (floorBytes === 0 || now < this.#restsUntil) return;
    const short = this.#pools().flatMap(pool => shortageOf(pool, floorBytes));
    if (short.length === 0) return;
    const held = cages.map(cage => ({ cage, bytes: cage.stopReason === null ? cage.live().memoryBytes : 0 }));
    const heldInAll = held.reduce((sum, { bytes }) => sum + bytes, 0);
    // Where all of them together have less than is missing, somebody else has taken it, and ending tests would not help.
    const worst = short.find(({ availableBytes, floorBytes: floor }) => heldInAll >= floor - availableBytes);
    const [largest] = held.sort((one, other) => other.bytes - one.bytes);
    if (!worst || !largest || largest.bytes === 0) return;
    this.#restsUntil = now + settledMs;
    void largest.cage.stop({ kind: 'shortage', ...worst, heldBytes: largest.bytes });
  }
}

function shortageOf({ group, totalBytes, availableBytes }: Pool, asked: number | null): Omit<Shortage, 'heldBytes'>[] {
  const floorBytes = asked ?? Math.min(usualMost, Math.round(totalBytes * usualShare));
  return availableBytes < floorBytes ? [{ group, availableBytes, floorBytes }] : [];
}
