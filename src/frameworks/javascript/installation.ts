import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Candidate } from './candidates.ts';
import type { Runner } from './runner.ts';

export type Installation =
  | { readonly kind: 'found'; readonly folder: string; readonly version: string }
  | { readonly kind: 'too-old'; readonly folder: string; readonly version: string }
  | { readonly kind: 'missing' };

export interface Installed extends Candidate {
  /** The folder of the framework's package. */
  readonly home: string;
}

/** What code in this folder would get. */
export function installationFor(runner: Runner, root: string): Installation {
  let manifest: string;
  try {
    manifest = createRequire(join(root, 'package.json')).resolve(`${runner.package}/package.json`);
  } catch {
    return { kind: 'missing' };
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const kind = isNewEnough(version, runner) ? 'found' : 'too-old';
  return { kind, folder: dirname(manifest), version };
}

function isNewEnough(version: string, { oldest, oldestMinor = 0 }: Runner): boolean {
  const [major = 0, minor = 0] = version.split('.').map(part => Number.parseInt(part, 10));
  return major > oldest || (major === oldest && minor >= oldestMinor);
}

/** Where it would be, so that the start fails with the name of what is missing. */
export function homeFor(runner: Runner, root: string): string {
  const installation = installationFor(runner, root);
  return installation.kind === 'missing' ? join(root, 'node_modules', runner.package) : installation.folder;
}

/** The candidates that have the framework; of the others, those that `needsIt` are told. */
export function installedOnes(
  runner: Runner,
  candidates: readonly Candidate[],
  needsIt: (candidate: Candidate) => boolean,
  problems: Problem[],
): Installed[] {
  const installed: Installed[] = [];
  const lacking: { readonly root: string; readonly problem: Problem }[] = [];
  for (const candidate of candidates) {
    const { root } = candidate;
    const installation = installationFor(runner, root);
    if (installation.kind === 'found') installed.push({ ...candidate, home: installation.folder });
    else if (needsIt(candidate)) lacking.push({ root, problem: lackingProblem(runner, root, installation) });
  }
  // One installation at the top of a monorepo serves all packages below it.
  const outermost = lacking.filter(one => !lacking.some(other => one.root.startsWith(other.root + sep)));
  problems.push(...outermost.map(one => one.problem));
  return installed;
}

function lackingProblem(
  { title, oldest, oldestMinor, package: name }: Runner,
  root: string,
  installation: Exclude<Installation, { kind: 'found' }>,
): Problem {
  const file = join(root, 'package.json');
  switch (installation.kind) {
    case 'missing': {
      const message = `${title} is used in ${root}, but it is not installed there.`;
      return { severity: 'error', file, message, fix: 'Run "npm install" in that folder.' };
    }
    case 'too-old': {
      const { version } = installation;
      const since = oldestMinor === undefined ? oldest : `${oldest}.${oldestMinor}`;
      const message = `${title} ${version} is installed for ${root}; Bulkhead works with ${name} ${since} and later.`;
      return { severity: 'error', file, message, fix: `Run "npm install --save-dev ${name}@latest" in that folder.` };
    }
  }
}
