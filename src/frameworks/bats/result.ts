/** A line of bats on one test: `not ok 2 costs 3 dollars in 5ms # timeout after 1s`. */
export interface BatsResult {
  readonly failed: boolean;
  readonly number: number;
  readonly rest: string;
}

export interface ResultDetail {
  readonly ms: number;
  readonly directive: string;
}

export function resultIn(line: string): BatsResult | null {
  const [, not, number, rest] = /^(not )?ok (\d+) (.*)$/.exec(line) ?? [];
  return number === undefined ? null : { failed: not !== undefined, number: Number(number), rest: rest! };
}

/** What comes after the description, which may hold anything and have a prefix before it; null: it is not about that test. */
export function detailOf({ rest }: BatsResult, description: string): ResultDetail | null {
  for (let at = rest.indexOf(description); at !== -1; at = rest.indexOf(description, at + 1)) {
    const tail = /^(?: in (\d+)ms)?(?: # (.*))?$/.exec(rest.slice(at + description.length));
    if (tail) return { ms: Number(tail[1] ?? 0), directive: tail[2] ?? '' };
  }
  return null;
}
