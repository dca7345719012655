import type { Candidate } from './candidates.ts';

export interface Claim extends Candidate {
  readonly files: readonly string[];
  /** Its configuration gathers packages: what it lists in them is run from here. */
  readonly gathers?: boolean;
}

/**
 * A file that several folders list belongs to the one whose configuration gathers packages, then to one that is configured for
 * it, and among those to the nearest. The answer has the files of each claim, in its own order.
 */
export function settleClaims<C extends Claim>(claims: readonly C[]): ReadonlyMap<C, readonly string[]> {
  const owners = new Map<string, string>();
  const byRight = [...claims].sort((a, b) => rank(a) - rank(b) || b.root.length - a.root.length);
  for (const { root, files } of byRight) for (const file of files) if (!owners.has(file)) owners.set(file, root);
  return new Map(claims.map(claim => [claim, claim.files.filter(file => owners.get(file) === claim.root)]));
}

function rank({ kind, gathers }: Claim): number {
  if (gathers) return 0;
  return kind === 'declared' ? 2 : 1;
}
