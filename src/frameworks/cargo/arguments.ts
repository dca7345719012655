import type { Settings } from '../../config/settings.ts';

/** Options of a test program that Bulkhead gives itself; the number says whether a value may follow as a word of its own. */
const overruled = new Map([
  ['--test-threads', 1],
  ['--format', 1],
  ['--color', 1],
  ['--logfile', 1],
  ['--exact', 0],
  ['--nocapture', 0],
  ['--no-capture', 0],
  ['--quiet', 0],
  ['-q', 0],
  ['--list', 0],
  ['--bench', 0],
]);

/** The user's words for cargo, and those after `--`, for the test programs. */
export function argumentsOf({ cargo: { args } }: Settings): {
  readonly cargo: readonly string[];
  readonly program: readonly string[];
} {
  const at = args.indexOf('--');
  if (at < 0) return { cargo: args, program: [] };
  const program: string[] = [];
  const words = args.slice(at + 1);
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const values = overruled.get(word.split('=', 1)[0]!);
    if (values === undefined) program.push(word);
    else if (!word.includes('=')) index += values;
  }
  return { cargo: args.slice(0, at), program };
}

/** The features that are named there; null: all of them. */
export function featuresIn(
  args: readonly string[],
): { readonly named: readonly string[]; readonly defaults: boolean } | null {
  if (args.includes('--all-features')) return null;
  const named = args.flatMap((word, index) => {
    if (word === '--features' || word === '-F') return (args[index + 1] ?? '').split(/[\s,]+/);
    return /^(?:--features=|-F=?)./.test(word) ? word.replace(/^(?:--features=|-F=?)/, '').split(/[\s,]+/) : [];
  });
  return { named: named.filter(name => name !== ''), defaults: !args.includes('--no-default-features') };
}
