import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mechanism } from '../cages/cage.ts';
import { type Detected, detectMechanism } from '../cages/detect.ts';
import { circumstancesHere, DetectionCache } from '../cages/detection-cache.ts';
import { diagnose } from '../cages/diagnose.ts';
import { readFacts, thisMachine } from '../cages/facts.ts';
import { findAddon, lookForAddon, lookForKeeper } from '../cages/find-keeper.ts';
import type { Diagnosis, KeeperFacts, MachineFacts } from '../protocol/diagnosis.ts';

/** The mechanism of a session, and every one that it has had: a cage may still stand in an older one. */
export class CageChoice {
  readonly #dist: string;
  readonly #storage: string;
  readonly #keeper: KeeperFacts;
  readonly #opened: Mechanism[] = [];
  #forbidden: readonly string[] = [];
  #detected: Detected | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** `storage` is where the choice is remembered for the next start. */
  static async open(dist: string, storage: string, forbidden: readonly string[]): Promise<CageChoice> {
    const choice = new CageChoice(dist, storage, await lookForKeeper(dist));
    await choice.forbid(forbidden);
    return choice;
  }

  private constructor(dist: string, storage: string, keeper: KeeperFacts) {
    this.#dist = dist;
    this.#storage = storage;
    this.#keeper = keeper;
  }

  get detected(): Detected {
    return this.#detected!;
  }

  facts(): MachineFacts {
    return readFacts(this.#keeper, thisMachine, lookForAddon(this.#dist));
  }

  /** Chooses anew when others are forbidden than before; says whether the mechanism is another one now. */
  forbid(forbidden: readonly string[]): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#detected && sameNames(forbidden, this.#forbidden)) return false;
      const cache = this.#cache(forbidden);
      const recalled = cache?.recall() ?? null;
      const options = {
        keeper: this.#keeperPath,
        addon: findAddon(this.#dist),
        forbidden,
        held: this.#opened,
        recalled,
      };
      const before = this.#detected?.mechanism;
      const detected = await detectMechanism(options);
      this.#detected = detected;
      this.#forbidden = forbidden;
      const { mechanism, description } = detected;
      if (!this.#opened.includes(mechanism)) this.#opened.push(mechanism);
      if (recalled?.mechanism !== mechanism.name) cache?.keep(description);
      return before !== mechanism;
    });
  }

  /** Tries every mechanism, also those that a remembered choice spares; the next start goes by what is found now. */
  diagnose(): Promise<Omit<Diagnosis, 'requirements'>> {
    return this.#inTurn(async () => {
      const machine = this.facts();
      const found = await diagnose({ facts: machine, forbidden: this.#forbidden, held: this.#opened });
      if (found.cage) this.#cache(this.#forbidden)?.keep(found.cage);
      const used = this.detected.mechanism.name;
      const inUse = found.cage?.mechanism === used ? null : used;
      return { bulkhead: this.#version, machine, ...found, inUse };
    });
  }

  async close(): Promise<void> {
    const ends = await Promise.allSettled(this.#opened.map(mechanism => mechanism.close()));
    const failed = ends.find(end => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  get #keeperPath(): string | null {
    return this.#keeper.state === 'works' ? this.#keeper.path : null;
  }

  get #version(): string {
    const manifest = JSON.parse(readFileSync(join(this.#dist, '..', 'package.json'), 'utf8')) as { version: string };
    return manifest.version;
  }

  #cache(forbidden: readonly string[]): DetectionCache | null {
    const here = circumstancesHere(
      this.#version,
      join(this.#dist, 'warden.cjs'),
      this.#keeperPath,
      findAddon(this.#dist),
    );
    return here && new DetectionCache(this.#storage, { ...here, forbidden: forbidden.toSorted().join() });
  }

  /** Two at once would open the same mechanism twice, and disturb each other's proofs. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    // It is told to whoever asked; the next one only waits for its end.
    this.#turn = result.catch(() => {});
    return result;
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join();
}
