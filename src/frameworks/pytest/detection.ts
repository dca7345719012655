import { relative, sep } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { firstLines, lastLines } from '../lines.ts';
import { findInterpreter } from './interpreter.ts';
import type { PytestLauncher } from './launcher.ts';
import { type Listed, readListing } from './listing.ts';
import { watchGlobs } from './watching.ts';

/** Each listing is a process of Python, and a monorepo may have a hundred projects. */
const listingsAtOnce = 4;

export interface Found {
  readonly candidate: Candidate;
  readonly listing: Listed;
}

export async function detectProjects(
  context: DetectionContext,
  launcher: PytestLauncher,
): Promise<Detection & { readonly found: readonly Found[] }> {
  const { candidates, problems: asked } = await findCandidates(context.folder, context.settings.pytest);
  const problems = [...asked];
  const lacking: { readonly root: string; readonly problem: Problem }[] = [];
  const listings: (Found | null)[] = [];
  const queue = candidates.entries();
  const work = async () => {
    for (const [index, candidate] of queue) {
      const answer = await list(candidate, context, launcher, problems);
      listings[index] = answer && 'listing' in answer ? answer : null;
      if (answer && 'problem' in answer) lacking.push({ root: candidate.root, problem: answer.problem });
    }
  };
  await Promise.all(Array.from({ length: listingsAtOnce }, work));
  const found = listings.filter(each => each !== null);
  // One environment at the top of a monorepo serves all projects below it.
  const outermost = lacking.filter(one => !lacking.some(other => one.root.startsWith(other.root + sep)));
  problems.push(...outermost.map(one => one.problem));
  return { projects: withoutDoubles(found, context.folder), problems, found };
}

async function list(
  candidate: Candidate,
  { folder, settings, tool }: DetectionContext,
  launcher: PytestLauncher,
  problems: Problem[],
): Promise<Found | { readonly problem: Problem } | null> {
  const { root, kind } = candidate;
  const interpreter = await findInterpreter({ root, folder, settings: settings.pytest, tool });
  launcher.remember(root, interpreter);
  const outcome = await tool.run(launcher.listing(root, interpreter, settings));
  const listing = readListing(outcome.stdout);
  if (listing?.ok) {
    problems.push(...listing.problems.map(failure => unusable(failure)));
    return { candidate, listing };
  }
  // Whoever only has files that are called like tests may run them by something else.
  if (kind === 'guessed' && (!listing || listing.kind !== 'unusable')) return null;
  if (!listing) {
    const why = [outcome.failure ?? 'gave no answer', lastLines(outcome.stderr)].filter(Boolean).join('\n');
    const message = `The tests of pytest in ${root} could not be listed; the process that asks pytest ${why}`;
    const fix =
      'Try "python -m pytest --collect-only" in that folder; the Python to use can be set with "pytest.python".';
    problems.push({ severity: 'error', file: root, message, fix });
    return null;
  }
  switch (listing.kind) {
    case 'missing': {
      const message = `Pytest is used in ${root}, but ${listing.program} does not have it.`;
      const fix = `Run "${listing.program} -m pip install pytest", or set "pytest.python" to the Python that has it.`;
      return { problem: { severity: 'error', file: root, message, fix } };
    }
    case 'too-old': {
      const message = `Pytest ${listing.version} is installed for ${root}; Bulkhead works with pytest 7 and later.`;
      const fix = `Run "${listing.program} -m pip install --upgrade pytest".`;
      return { problem: { severity: 'error', file: root, message, fix } };
    }
    case 'unusable':
      problems.push(unusable(listing.failure));
      return null;
  }
}

function unusable({ text, file, line }: FailureMessage): Problem {
  return {
    severity: 'error',
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    message: `Pytest cannot list its tests: ${firstLines(text, Infinity)}`,
    fix: 'Correct it and refresh the tests.',
  };
}

/** A file that several folders list belongs to the one that is configured for it, and among those to the nearest. */
function withoutDoubles(found: readonly Found[], folder: Folder): Project[] {
  const claimed = new Map<string, Found>();
  const byRight = [...found].sort(
    (a, b) => rank(a.candidate) - rank(b.candidate) || b.candidate.root.length - a.candidate.root.length,
  );
  for (const one of byRight) for (const file of one.listing.files) if (!claimed.has(file)) claimed.set(file, one);
  return found.flatMap((one): Project[] => {
    const { root, kind } = one.candidate;
    const files = one.listing.files.filter(file => claimed.get(file) === one);
    if (files.length === 0 && rank({ kind }) > 0) return [];
    const below = relative(folder.path, root).replaceAll('\\', '/');
    return [
      {
        id: `pytest:${folder.name}:${below || '.'}`,
        framework: 'pytest',
        folder,
        root,
        label: below ? `pytest · ${below}` : 'pytest',
        files,
        watch: watchGlobs(root, one.listing),
      },
    ];
  });
}

function rank({ kind }: Pick<Candidate, 'kind'>): number {
  switch (kind) {
    case 'named':
    case 'configured':
      return 0;
    case 'declared':
      return 1;
    case 'guessed':
      return 2;
  }
}
