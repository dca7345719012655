import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** How a script of a package.json calls mocha: many projects say there, and nowhere else, what is to be loaded and where tests are. */
export interface ScriptCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const none: ScriptCall = { args: [], env: {} };

/** What may stand before mocha and leaves it what it is. */
const wrappers = new Set(['npx', 'yarn', 'pnpm', 'npm', 'exec', 'cross-env', 'env', 'nyc', 'c8', 'node', '--']);
/** A script for people who watch or debug is not the one that tests. */
const interactive = /^(-w|--watch|-h|--help|-V|--version|inspect|debug|--(inspect|debug)(-.*)?(=.*)?)$/;

/** The call in the script `test`, or else the only one that there is; none where it cannot be told. */
export function scriptCall(root: string): ScriptCall {
  const scripts = scriptsIn(root);
  const ofTest = callsIn(scripts['test']);
  const calls = ofTest.length > 0 ? ofTest : Object.values(scripts).flatMap(callsIn);
  const distinct = new Map(calls.map(call => [JSON.stringify(call), call]));
  return distinct.size === 1 ? [...distinct.values()][0]! : none;
}

function scriptsIn(root: string): Readonly<Record<string, unknown>> {
  try {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts?: object } | null;
    return { ...manifest?.scripts };
  } catch {
    // Without a manifest there is no script; a broken one is told of where folders are looked for.
    return {};
  }
}

function callsIn(script: unknown): ScriptCall[] {
  if (typeof script !== 'string') return [];
  return commandsOf(script).flatMap(words => callOf(words) ?? []);
}

function callOf(words: readonly string[]): ScriptCall | null {
  const at = words.findIndex(word => /^_?mocha(\.c?js)?$/.test(posix.basename(word.replaceAll('\\', '/'))));
  if (at < 0) return null;
  const env: Record<string, string> = {};
  const forNode: string[] = [];
  let node = false;
  for (const word of words.slice(0, at)) {
    const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (assignment) env[assignment[1]!] = assignment[2]!;
    else if (node) addForNode(forNode, word);
    else if (!wrappers.has(word) && !word.startsWith('-')) return null;
    node ||= word === 'node';
  }
  const args = [...forNode, ...words.slice(at + 1)];
  // What a shell would fill in is not known here.
  const unknown = [...args, ...Object.values(env)].some(word => /[$`]|%\w+%/.test(word));
  return unknown || args.some(word => interactive.test(word)) ? null : { args, env };
}

/** Mocha hands flags of Node on, but would take a value that stands by itself for a file of tests. */
function addForNode(words: string[], word: string): void {
  const flag = words.at(-1);
  if (flag !== undefined && /^--[\w-]+$/.test(flag) && !word.startsWith('-'))
    words[words.length - 1] = `${flag}=${word}`;
  else words.push(word);
}

/** The words of each command, read as a POSIX shell does; what is redirected, and where, is not mocha's. */
function commandsOf(script: string): string[][] {
  const commands: string[][] = [[]];
  const pieces = /\s+|&&|\|\||[|;&]|\d*[<>]+&?\s*[^\s|;&]*|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'|;&<>\\])+)/gs;
  for (const [piece, word] of script.matchAll(pieces)) {
    if (word !== undefined) commands.at(-1)!.push(unquoted(word));
    else if (/^[|;&]/.test(piece)) commands.push([]);
  }
  return commands;
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
    (_, double?: string, single?: string, escaped?: string) =>
      double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
  );
}
