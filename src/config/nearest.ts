/** The known word that a mistyped one most likely means; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const typed = plain(word);
  const ranked = known
    .map(candidate => ({ candidate, steps: distance(typed, plain(candidate)) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  if (best && best.steps <= Math.max(1, Math.floor(best.candidate.length / 3))) return best.candidate;
  return known.find(candidate => typed.length > 2 && shareStart(typed, plain(candidate))) ?? null;
}

function plain(word: string): string {
  return word
    .slice(0, 60)
    .toLowerCase()
    .replace(/[-_.\s]/g, '');
}

function shareStart(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let steps = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps = Math.min(steps, (before[j - 2] ?? 0) + 1);
      row.push(steps);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
