import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { FrameworkSettings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder } from '../../protocol/tests.ts';
import { lineOfJsonFault } from './json-fault.ts';

export const configNames = '.mocharc.{cjs,mjs,js,json,jsonc,yaml,yml}';

/** Deeper packages can be named in the setting `mocha.folders`. */
const depth = 6;
const ignored = ['node_modules', '.git', '.yarn', '.vscode-test', 'dist', 'out', 'build', 'coverage'].map(
  name => `**/${name}/**`,
);

export interface Candidate {
  readonly root: string;
  /**
   * `named` by Bulkhead's settings, `configured` for mocha, or with mocha among its dependencies: every package of a monorepo may
   * have that without a test of its own.
   */
  readonly kind: 'named' | 'configured' | 'declared';
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly Problem[];
}

/** Folders in which mocha may have something to run. */
export async function findCandidates(folder: Folder, settings: FrameworkSettings): Promise<Candidates> {
  if (!settings.enabled) return { candidates: [], problems: [] };
  return settings.folders ? namedFolders(folder, settings.folders) : searchedFolders(folder);
}

function namedFolders(folder: Folder, names: readonly string[]): Candidates {
  const candidates: Candidate[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const root = resolve(folder.path, name);
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) candidates.push({ root, kind: 'named' });
    else {
      const message = `There is no folder ${name} in ${folder.path}.`;
      problems.push({ severity: 'error', key: 'mocha.folders', message, fix: 'Correct "mocha.folders".' });
    }
  }
  return { candidates, problems };
}

async function searchedFolders(folder: Folder): Promise<Candidates> {
  const found = await glob(['**/package.json', `**/${configNames}`], {
    cwd: folder.path,
    absolute: true,
    dot: true,
    deep: depth,
    followSymbolicLinks: false,
    ignore: ignored,
  });
  const kinds = new Map<string, Candidate['kind']>();
  const problems: Problem[] = [];
  for (const file of found.map(path => resolve(path)).sort()) {
    const kind = file.endsWith('package.json') ? readManifest(file, problems) : 'configured';
    const root = dirname(file);
    if (kind && kinds.get(root) !== 'configured') kinds.set(root, kind);
  }
  return { candidates: [...kinds].map(([root, kind]) => ({ root, kind })), problems };
}

interface Manifest {
  readonly mocha?: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
}

function readManifest(file: string, problems: Problem[]): Candidate['kind'] | null {
  const text = readFileSync(file, 'utf8');
  if (!text.includes('"mocha"')) return null;
  try {
    const manifest = JSON.parse(text) as Manifest | null;
    if (manifest?.mocha) return 'configured';
    return manifest?.dependencies?.['mocha'] || manifest?.devDependencies?.['mocha'] ? 'declared' : null;
  } catch (error) {
    const line = lineOfJsonFault(file);
    const message = `It is not valid JSON: ${(error as Error).message}.`;
    const fix = 'Correct it, or no test of this package can be found.';
    problems.push({ severity: 'error', file, ...(line ? { line } : {}), message, fix });
    return null;
  }
}

/** Something that mocha would run by default, for a package whose mocha cannot be asked. */
export function hasTestFolder(root: string): boolean {
  return statSync(join(root, 'test'), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
