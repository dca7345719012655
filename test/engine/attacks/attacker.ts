import type { Mechanism } from '../../../src/cages/cage.ts';
import type { CageProperties } from '../../../src/protocol/limits.ts';
import { mechanismsHere } from '../mechanisms.ts';
import { attackOnce, type Observation } from './attack-once.ts';
import { attacks, type Column } from './table.ts';

export interface Offered {
  readonly name: string;
  readonly hard: boolean;
  readonly properties: CageProperties;
}

/** A user who attacks the cages that this user can have. */
export interface Attacker {
  readonly label: string;
  readonly isRoot: boolean;
  readonly here: readonly Offered[];
  readonly missing: readonly { readonly name: string; readonly because: string }[];
  attack(column: Column, name: string, mark: string): Promise<Observation>;
  /** Closes the mechanism in use: two that are made of the same control groups cannot be open at once. */
  leave(): Promise<void>;
}

/** Whoever runs the tests. */
export async function thisUser(): Promise<Attacker> {
  const { here, missing } = await mechanismsHere();
  let open: { readonly column: Column; readonly mechanism: Mechanism } | null = null;
  const leave = async () => {
    const left = open;
    // Even where it fails: the next mechanism must not be blamed for it.
    open = null;
    await left?.mechanism.close();
  };
  const isRoot = process.getuid?.() === 0;
  return {
    label: isRoot ? 'root' : 'an ordinary user',
    isRoot,
    here: here.map(({ name, hard, properties }): Offered => ({ name, hard, properties })),
    missing,
    leave,
    async attack(column, name, mark) {
      if (open?.column !== column) {
        await leave();
        open = { column, mechanism: await here.find(available => available.name === column)!.open() };
      }
      return attackOnce(
        open.mechanism,
        attacks.find(attack => attack.name === name)!,
        mark,
      );
    },
  };
}
