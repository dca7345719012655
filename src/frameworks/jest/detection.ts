import { relative, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { ask, askAll } from '../javascript/asking.ts';
import { findCandidates } from '../javascript/candidates.ts';
import { type Claim, settleClaims } from '../javascript/claims.ts';
import { type Installed, installedOnes } from '../javascript/installation.ts';
import { watchableGlob } from '../javascript/watchable.ts';
import type { JestLauncher } from './launcher.ts';
import type { ListedProject, Listing } from './listing.ts';
import { configNames, jest as runner } from './runner.ts';

interface ProjectClaim extends Claim {
  readonly listed: ListedProject;
  /** Its configuration has more than one. */
  readonly among: boolean;
}

/** One of our projects for each of jest's own. */
export async function detectProjects(context: DetectionContext, launcher: JestLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(runner, context.folder, context.settings.jest);
  const problems = [...found];
  const installed = installedOnes(runner, candidates, ({ kind }) => kind !== 'declared', problems);
  const listings = await askAll(installed, candidate => list(candidate, context, launcher, problems));
  const projects = [...settleClaims(listings.flat())].flatMap(([claim, files]) => {
    if (claim.listed.unfit !== undefined && files.length > 0) problems.push(unfitProblem(claim, claim.listed.unfit));
    if (claim.listed.unfit !== undefined || (files.length === 0 && claim.kind === 'declared')) return [];
    const project = projectOf(claim, files, context.folder);
    launcher.remember(project.id, claim.listed.id);
    return project;
  });
  return { projects: projects.filter(project => project.files.length > 0 || projects.length === 1), problems };
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: JestLauncher,
  problems: Problem[],
): Promise<ProjectClaim[]> {
  const { root, home } = candidate;
  const question = { runner, root, launch: launcher.listing(root, home, context), tryThis: 'npx jest --listTests' };
  const { projects = [] } = (await ask<Listing>(question, context.tool, problems)) ?? {};
  const among = projects.length > 1;
  return projects.map(listed => ({ ...candidate, files: listed.files, gathers: among, listed, among }));
}

function projectOf({ root, listed, among }: ProjectClaim, files: readonly string[], folder: Folder): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  const within = relative(root, resolve(listed.root)).replaceAll('\\', '/');
  const name = listed.name || (among ? within : '');
  const include = listed.include.map(glob =>
    watchableGlob(within && !glob.startsWith('/') ? `${within}/${glob}` : glob),
  );
  return {
    id: [`jest:${folder.name}:${below || '.'}`, ...(name ? [name] : [])].join(':'),
    framework: 'jest',
    folder,
    root,
    label: ['jest', below, name].filter(part => part).join(' · '),
    files,
    watch: [...new Set([...configNames, 'package.json', ...include])],
  };
}

function unfitProblem({ root, listed }: ProjectClaim, why: string): Problem {
  return {
    severity: 'warning',
    file: root,
    message: `The tests of jest in ${listed.root} are left out: ${why}.`,
    fix: 'Let it use jest-circus, which is the default, or run them with "npx jest".',
  };
}
