import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { readAnswer } from '../javascript/answer.ts';
import { type Candidate, findCandidates } from '../javascript/candidates.ts';
import { settleClaims } from '../javascript/claims.ts';
import { type Installed, installedOnes } from '../javascript/installation.ts';
import { lineOfJsonFault } from '../javascript/json-fault.ts';
import { lastLines } from '../lines.ts';
import type { MochaLauncher } from './launcher.ts';
import type { Listing } from './listing.ts';
import { mocha as runner } from './runner.ts';
import { watchGlobs } from './watching.ts';

/** Each listing is a process of Node, and a monorepo may have a hundred packages. */
const listingsAtOnce = 4;

interface Listed extends Candidate {
  readonly listing: Extract<Listing, { ok: true }>;
}

export async function detectProjects(context: DetectionContext, launcher: MochaLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(runner, context.folder, context.settings.mocha);
  const problems = [...found];
  const installed = installedOnes(runner, candidates, needsMocha, problems);
  const listings: (Listed | null)[] = [];
  const queue = installed.entries();
  const work = async () => {
    for (const [index, candidate] of queue) listings[index] = await list(candidate, context, launcher, problems);
  };
  await Promise.all(Array.from({ length: listingsAtOnce }, work));
  const listed = listings.filter(each => each !== null);
  return { projects: withoutDoubles(listed, context.folder, problems), problems };
}

/** Where mocha is only declared, the folder that it would look into by default must be there. */
function needsMocha({ root, kind }: Candidate): boolean {
  return kind !== 'declared' || (statSync(join(root, 'test'), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: MochaLauncher,
  problems: Problem[],
): Promise<Listed | null> {
  const { root, home: mocha } = candidate;
  const outcome = await context.tool.run(launcher.listing(root, mocha, context));
  const listing = readAnswer(outcome.stdout) as Listing | null;
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

function withoutDoubles(listed: readonly Listed[], folder: Folder, problems: Problem[]): Project[] {
  const claims = settleClaims(listed.map(one => ({ ...one, files: one.listing.files })));
  return [...claims].flatMap(([{ root, kind, listing }, files]) => {
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
