import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `.proverc` says of how a test file is started. */
export interface ProveOptions {
  /** Folders of modules, absolute. */
  readonly includes: readonly string[];
  /** For perl. */
  readonly switches: readonly string[];
  /** Runs each file in place of perl. */
  readonly exec: readonly string[] | null;
}

/** Options of prove that have a value; the others of those that are about its output or its order. */
const shortWithValue = new Set('IejPMa');
const longWithValue = /^--(?:exec|ext|harness|formatter|source|archive|jobs|state|statefile|rules)$/;

/** As prove itself reads them: of the user and of the folder. Without any, what `prove -lb` would put in. */
export function proveOptions(root: string, home = homedir()): ProveOptions {
  const words = [home, root].flatMap(folder => rcWords(join(folder, '.proverc')));
  const read = words.flatMap(option);
  const all = (name: string) => read.filter(each => each.name === name);
  const chosen = read.flatMap(({ name, value }) =>
    name === 'I' ? [value] : name === 'l' ? ['lib'] : name === 'b' ? ['blib/lib', 'blib/arch'] : [],
  );
  // Older than what is in lib, and needed for what is compiled.
  const usual = ['lib', 'blib/lib', 'blib/arch'].filter(folder => existsSync(join(root, folder)));
  const exec = all('e').at(-1)?.value;
  return {
    includes: (chosen.length > 0 ? chosen : usual).map(folder => resolve(root, folder)),
    switches: [...new Set(read.flatMap(({ name }) => ('wWtT'.includes(name) ? [`-${name}`] : [])))],
    exec: exec === undefined ? null : exec.split(/\s+/).filter(word => word),
  };
}

function rcWords(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // There is none, which is the usual case.
    return [];
  }
  const words = [...text.matchAll(/'([^']*)'|"([^"]*)"|(#.*)|(\S+)/g)].flatMap(([, one, two, , plain]) => {
    const word = one ?? two ?? plain;
    return word === undefined ? [] : [word];
  });
  return joined(words);
}

/** Each option with its value in one word. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const wanting = longWithValue.test(word) || (/^-[^-]/.test(word) && isLast(word));
    if (wanting && at + 1 < words.length)
      whole.push(word.startsWith('--') ? `${word}=${words[++at]!}` : word + words[++at]!);
    else whole.push(word);
  }
  return whole;
}

/** In a bundle such as `-lvI`, what follows the first letter that has a value is that value. */
function isLast(bundle: string): boolean {
  return [...bundle.slice(1)].findIndex(letter => shortWithValue.has(letter)) === bundle.length - 2;
}

function option(word: string): { readonly name: string; readonly value: string }[] {
  const [, long, given = ''] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) {
    const name = { lib: 'l', blib: 'b', exec: 'e' }[long];
    return name === undefined ? [] : [{ name, value: given }];
  }
  if (!/^-[^-]/.test(word)) return [];
  const letters = [...word.slice(1)];
  const at = letters.findIndex(letter => shortWithValue.has(letter));
  const flags = (at === -1 ? letters : letters.slice(0, at)).map(name => ({ name, value: '' }));
  return at === -1 ? flags : [...flags, { name: letters[at]!, value: letters.slice(at + 1).join('') }];
}
