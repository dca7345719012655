import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { FrameworkSettings } from '../../config/settings.ts';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder } from '../../protocol/tests.ts';
import { lineOfJsonFault } from './json-fault.ts';
import { commands, type Runner } from './runner.ts';
import { namedFolders } from '../named-folders.ts';

/** Deeper packages can be named in the setting `<framework>.folders`. */
const depth = 6;
const ignored = ['node_modules', '.git', '.yarn', '.vscode-test', 'dist', 'out', 'build', 'coverage'].map(
  name => `**/${name}/**`,
);

export interface Candidate {
  readonly root: string;
  /**
   * `named` by Bulkhead's settings, `configured` for the framework, or `declared`: with the framework among its dependencies or
   * in its scripts. Every package of a monorepo may have that without a test of its own.
   */
  readonly kind: 'named' | 'configured' | 'declared';
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly Problem[];
}

/** Folders in which the framework may have something to run. */
export async function findCandidates(runner: Runner, folder: Folder, settings: FrameworkSettings): Promise<Candidates> {
  if (!settings.enabled) return { candidates: [], problems: [] };
  return settings.folders ? namedFolders(runner.name, folder, settings.folders) : searchedFolders(runner, folder);
}

async function searchedFolders(runner: Runner, folder: Folder): Promise<Candidates> {
  const found = await glob(['**/package.json', ...runner.configs.map(config => `**/${config}`)], {
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
    const kind = file.endsWith('package.json') ? readManifest(runner, file, problems) : 'configured';
    const root = dirname(file);
    if (kind && kinds.get(root) !== 'configured') kinds.set(root, kind);
  }
  return { candidates: [...kinds].map(([root, kind]) => ({ root, kind })), problems };
}

interface Manifest {
  readonly [key: string]: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, unknown>>;
}

function readManifest(runner: Runner, file: string, problems: Problem[]): Candidate['kind'] | null {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(runner.package) && !runner.command.test(text)) return null;
  try {
    const manifest = JSON.parse(text) as Manifest | null;
    if (runner.manifestKey !== undefined && manifest?.[runner.manifestKey]) return 'configured';
    return manifest && isDeclared(runner, manifest) ? 'declared' : null;
  } catch (error) {
    const line = lineOfJsonFault(file);
    const message = `It is not valid JSON: ${(error as Error).message}.`;
    const fix = 'Correct it, or no test of this package can be found.';
    problems.push({ severity: 'error', file, ...(line ? { line } : {}), message, fix });
    return null;
  }
}

/** A dependency may be left over where the scripts run other frameworks only, and a package may use one that is installed above it. */
function isDeclared(runner: Runner, { dependencies, devDependencies, scripts }: Manifest): boolean {
  const lines = Object.values(scripts ?? {}).filter(script => typeof script === 'string');
  if (lines.some(line => runner.command.test(line))) return true;
  if (!dependencies?.[runner.package] && !devDependencies?.[runner.package]) return false;
  return !lines.some(line => Object.values(commands).some(command => command.test(line)));
}
