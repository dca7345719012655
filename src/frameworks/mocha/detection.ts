import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { ask, askAll } from '../javascript/asking.ts';
import { type Candidate, findCandidates } from '../javascript/candidates.ts';
import { settleClaims } from '../javascript/claims.ts';
import { type Installed, installedOnes } from '../javascript/installation.ts';
import type { MochaLauncher } from './launcher.ts';
import type { Listing } from './listing.ts';
import { mocha as runner } from './runner.ts';
import { scriptCall } from './script.ts';
import { watchGlobs } from './watching.ts';

interface Listed extends Candidate {
  readonly listing: Extract<Listing, { ok: true }>;
}

export async function detectProjects(context: DetectionContext, launcher: MochaLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(runner, context.folder, context.settings.mocha);
  const problems = [...found];
  const installed = installedOnes(runner, candidates, needsMocha, problems);
  const listed = await askAll(installed, candidate => list(candidate, context, launcher, problems));
  return { projects: withoutDoubles(listed, context.folder, problems), problems };
}

/** Where mocha is only declared, a script must name its files, or the folder that it would look into by default must be there. */
function needsMocha({ root, kind }: Candidate): boolean {
  if (kind !== 'declared' || scriptCall(root).args.length > 0) return true;
  return statSync(join(root, 'test'), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: MochaLauncher,
  problems: Problem[],
): Promise<Listed | null> {
  const { root, home: mocha } = candidate;
  const question = { runner, root, launch: launcher.listing(root, mocha, context), tryThis: 'npx mocha --dry-run' };
  const listing = await ask<Listing>(question, context.tool, problems);
  if (!listing) return null;
  launcher.remember(root, { mocha, nodeArgs: listing.nodeArgs });
  return { ...candidate, listing };
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
