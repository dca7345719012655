import { join, relative, sep } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { type Candidate, findCandidates, hasTestFolder } from './candidates.ts';
import { type Installation, installationFor } from './installation.ts';
import { lineOfJsonFault } from './json-fault.ts';
import { type Listing, readListing } from './listing.ts';
import { lastLines, type MochaLauncher } from './launcher.ts';
import { watchGlobs } from './watching.ts';

/** Each listing is a process of Node, and a monorepo may have a hundred packages. */
const listingsAtOnce = 4;

interface Installed extends Candidate {
  readonly mocha: string;
}

interface Listed extends Candidate {
  readonly listing: Extract<Listing, { ok: true }>;
}

export async function detectProjects(context: DetectionContext, launcher: MochaLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(context.folder, context.settings.mocha);
  const problems = [...found];
  const installed = installedOnes(candidates, problems);
  const listings: (Listed | null)[] = [];
  const queue = installed.entries();
  const work = async () => {
    for (const [index, candidate] of queue) listings[index] = await list(candidate, context, launcher, problems);
  };
  await Promise.all(Array.from({ length: listingsAtOnce }, work));
  const listed = listings.filter(each => each !== null);
  return { projects: withoutDoubles(listed, context.folder, problems), problems };
}

function installedOnes(candidates: readonly Candidate[], problems: Problem[]): Installed[] {
  const installed: Installed[] = [];
  const lacking: { readonly root: string; readonly problem: Problem }[] = [];
  for (const candidate of candidates) {
    const installation = installationFor(candidate.root);
    if (installation.kind === 'found') installed.push({ ...candidate, mocha: installation.folder });
    else if (candidate.kind !== 'declared' || hasTestFolder(candidate.root)) {
      lacking.push({ root: candidate.root, problem: lackingProblem(candidate, installation) });
    }
  }
  // One installation at the top of a monorepo serves all packages below it.
  const outermost = lacking.filter(one => !lacking.some(other => one.root.startsWith(other.root + sep)));
  problems.push(...outermost.map(one => one.problem));
  return installed;
}

function lackingProblem({ root }: Candidate, installation: Exclude<Installation, { kind: 'found' }>): Problem {
  const file = join(root, 'package.json');
  switch (installation.kind) {
    case 'missing':
      return {
        severity: 'error',
        file,
        message: `Mocha is used in ${root}, but it is not installed there.`,
        fix: 'Run "npm install" in that folder.',
      };
    case 'too-old': {
      const message = `Mocha ${installation.version} is installed for ${root}; Bulkhead works with mocha 9 and later.`;
      return { severity: 'error', file, message, fix: 'Run "npm install --save-dev mocha@latest" in that folder.' };
    }
  }
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: MochaLauncher,
  problems: Problem[],
): Promise<Listed | null> {
  const { root, mocha } = candidate;
  const outcome = await context.tool.run(launcher.listing(root, mocha, context));
  const listing = readListing(outcome.stdout);
  if (listing?.ok) {
    launcher.remember(root, { mocha, nodeArgs: listing.nodeArgs });
    return { ...candidate, listing };
  }
  if (listing) {
    const { text, file } = listing.failure;
    const line = listing.failure.line ?? (file ? lineOfJsonFault(file) : undefined);
    problems.push({
      severity: 'error',
      ...(file ? { file } : {}),
      ...(line ? { line } : {}),
      message: `Mocha's configuration cannot be read: ${text}`,
      fix: 'Correct it and refresh the tests.',
    });
    return null;
  }
  const why = [outcome.failure ?? 'gave no answer', lastLines(outcome.stderr)].filter(part => part).join('\n');
  problems.push({
    severity: 'error',
    file: join(root, 'package.json'),
    message: `The tests of mocha in ${root} could not be listed; the process that asks mocha ${why}`,
    fix: 'Try "npx mocha --dry-run" in that folder; the Node to use can be set with "mocha.node".',
  });
  return null;
}

/** A file that several folders list belongs to the one that is configured for it, and among those to the nearest. */
function withoutDoubles(listed: readonly Listed[], folder: Folder, problems: Problem[]): Project[] {
  const claimed = new Map<string, Listed>();
  const byRight = [...listed].sort((a, b) => rank(a) - rank(b) || b.root.length - a.root.length);
  for (const one of byRight) for (const file of one.listing.files) if (!claimed.has(file)) claimed.set(file, one);
  return listed.flatMap(one => {
    const { root, kind, listing } = one;
    const files = listing.files.filter(file => claimed.get(file) === one);
    if (files.length === 0 && kind === 'declared') return [];
    if (listing.files.length === 0 && listing.spec.length > 0) {
      const specs = listing.spec.map(spec => JSON.stringify(spec)).join(', ');
      problems.push({
        severity: 'warning',
        file: listing.config ?? join(root, 'package.json'),
        key: 'spec',
        message: `No file in ${root} matches ${specs}.`,
        fix: 'Correct "spec" in the configuration of mocha.',
      });
    }
    const below = relative(folder.path, root).replaceAll('\\', '/');
    return {
      id: `mocha:${folder.name}:${below || '.'}`,
      framework: 'mocha',
      folder,
      root,
      label: below ? `mocha · ${below}` : 'mocha',
      files,
      watch: watchGlobs(root, listing),
    };
  });
}

function rank({ kind }: Candidate): number {
  return kind === 'declared' ? 1 : 0;
}
