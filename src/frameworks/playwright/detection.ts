import { relative, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { ask, askAll } from '../javascript/asking.ts';
import { findCandidates } from '../javascript/candidates.ts';
import { type Claim, settleClaims } from '../javascript/claims.ts';
import { type Installed, installedOnes } from '../javascript/installation.ts';
import { watchableGlob } from '../javascript/watchable.ts';
import type { PlaywrightLauncher } from './launcher.ts';
import type { ListedProject, Listing } from './listing.ts';
import { configNames, playwright as runner } from './runner.ts';

interface ProjectClaim extends Claim {
  readonly listed: ListedProject;
  readonly servers: boolean;
}

/** One of our projects for each of playwright's own: a file that several of them run has its tests in each. */
export async function detectProjects(context: DetectionContext, launcher: PlaywrightLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(runner, context.folder, context.settings.playwright);
  const problems = [...found];
  // Without a configuration it would take every `*.spec.ts` for its own, and most of those are another framework's.
  const configured = candidates.filter(({ kind }) => kind !== 'declared');
  const installed = installedOnes(runner, configured, () => true, problems);
  const listings = await askAll(installed, candidate => list(candidate, context, launcher, problems));
  const projects = [...settleClaims(listings.flat())].flatMap(([claim, files]) => {
    const project = projectOf(claim, files, context.folder);
    launcher.remember(project.id, claim.listed);
    return project;
  });
  return { projects: projects.filter(project => project.files.length > 0 || projects.length === 1), problems };
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: PlaywrightLauncher,
  problems: Problem[],
): Promise<ProjectClaim[]> {
  const { root, home } = candidate;
  const launch = launcher.listing(root, home, context);
  const question = { runner, root, launch, tryThis: 'npx playwright test --list' };
  const { projects = [], servers = false } = (await ask<Listing>(question, context.tool, problems)) ?? {};
  return projects.map(listed => ({ ...candidate, files: listed.files, listed, servers }));
}

function projectOf({ root, listed, servers }: ProjectClaim, files: readonly string[], folder: Folder): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  const within = relative(root, resolve(listed.folder)).replaceAll('\\', '/');
  const include = listed.include.map(glob => watchableGlob(within ? `${within}/${glob}` : glob));
  return {
    id: [`playwright:${folder.name}:${below || '.'}`, ...(listed.name ? [listed.name] : [])].join(':'),
    framework: 'playwright',
    folder,
    root,
    label: ['playwright', below, listed.name].filter(part => part).join(' · '),
    files,
    watch: [...new Set([...configNames, 'package.json', ...include])],
    // Each cage starts the servers of the configuration for itself, and they want the same ports.
    ...(servers ? { locks: [`the servers of ${root}`] } : {}),
  };
}
