import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { type Candidate, findCandidates } from '../javascript/candidates.ts';
import { commands, type Runner } from '../javascript/runner.ts';
import { type TestScript, testScriptIn } from './script.ts';

const runner: Runner = {
  name: 'node-test',
  title: 'node:test',
  package: 'node:test',
  oldest: 20,
  configs: [],
  command: commands.node,
};

/** Where `node --test` looks by itself. */
const usual = [
  '**/*{.,-,_}test.{js,cjs,mjs,ts,cts,mts}',
  '**/test-*.{js,cjs,mjs,ts,cts,mts}',
  '**/test.{js,cjs,mjs,ts,cts,mts}',
  '**/test/**/*.{js,cjs,mjs,ts,cts,mts}',
];
const ignored = [
  '**/node_modules/**',
  '**/.git/**',
  '**/dist/**',
  '**/out/**',
  '**/build/**',
  '**/coverage/**',
  '**/*.d.{ts,cts,mts}',
];
const readAtOnce = 16;

/** Packages with a script that calls `node --test`, and files in the usual places that import `node:test`. */
export async function detectProjects({ folder, settings }: DetectionContext): Promise<Detection> {
  const own = settings['node-test'];
  const { candidates, problems } = await findCandidates(runner, folder, own);
  if (!own.enabled) return { projects: [], problems };
  const scripts = new Map(candidates.map(({ root }) => [root, testScriptIn(root)]));
  const files = new Map<string, Set<string>>(candidates.map(({ root }) => [root, new Set()]));
  for (const [root, script] of scripts) for (const file of await named(root, script)) files.get(root)!.add(file);
  const places = own.folders ? candidates.map(({ root }) => root) : [folder.path];
  for (const place of places) {
    for (const file of await importing(await find(place, usual))) {
      const root = rootOf(file, candidates, folder);
      if (scripts.get(root)?.patterns.length) continue;
      files.set(root, (files.get(root) ?? new Set()).add(file));
    }
  }
  const projects = [...files]
    .filter(([, found]) => found.size > 0)
    .map(([root, found]) => projectOf(folder, root, [...found].sort(), scripts.get(root)));
  return { projects, problems };
}

/** What the script names is run, whatever it imports. */
async function named(root: string, script: TestScript | null): Promise<string[]> {
  if (!script || script.patterns.length === 0) return [];
  return find(
    root,
    script.patterns.map(pattern =>
      /[*?[{]/.test(pattern) || /\.\w+$/.test(pattern) ? pattern : `${pattern}/**/*.{js,cjs,mjs}`,
    ),
  );
}

async function find(root: string, patterns: readonly string[]): Promise<string[]> {
  const found = await glob(
    patterns.map(pattern => pattern.replace(/^\.\//, '')),
    {
      cwd: root,
      absolute: true,
      followSymbolicLinks: false,
      ignore: ignored,
    },
  );
  return found.map(file => resolve(file)).sort();
}

async function importing(files: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  const queue = files.values();
  const work = async () => {
    for (const file of queue) {
      // A file that is deleted meanwhile is none.
      const text = await readFile(file, 'utf8').catch(() => '');
      if (/['"`]node:test['"`]/.test(text)) kept.push(file);
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, work));
  return kept.sort();
}

/** The package that the file belongs to: the nearest that runs node:test, or else the nearest of all. */
function rootOf(file: string, candidates: readonly Candidate[], folder: Folder): string {
  const roots = new Set(candidates.map(({ root }) => root));
  let nearest: string | null = null;
  for (let path = dirname(file); path.length >= folder.path.length; path = dirname(path)) {
    if (roots.has(path)) return path;
    if (nearest === null && existsSync(join(path, 'package.json'))) nearest = path;
    if (path === folder.path) break;
  }
  return nearest ?? folder.path;
}

function projectOf(
  folder: Folder,
  root: string,
  files: readonly string[],
  script: TestScript | null | undefined,
): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  return {
    id: `node-test:${folder.name}:${below || '.'}`,
    framework: 'node-test',
    folder,
    root,
    label: below ? `node:test · ${below}` : 'node:test',
    files,
    watch: ['package.json', ...usual, ...(script?.patterns ?? [])],
  };
}
