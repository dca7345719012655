import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Detection, DetectionContext } from '../framework.ts';
import { ask, askAll } from '../javascript/asking.ts';
import { findCandidates } from '../javascript/candidates.ts';
import { type Claim, settleClaims } from '../javascript/claims.ts';
import { type Installed, installedOnes } from '../javascript/installation.ts';
import { watchableGlob } from '../javascript/watchable.ts';
import type { VitestLauncher } from './launcher.ts';
import type { ListedProject, Listing } from './listing.ts';
import { configNames, vitest as runner } from './runner.ts';

interface ProjectClaim extends Claim {
  readonly listed: ListedProject;
  readonly configs: readonly string[];
}

/** One of our projects for each of vitest's own. */
export async function detectProjects(context: DetectionContext, launcher: VitestLauncher): Promise<Detection> {
  const { candidates, problems: found } = await findCandidates(runner, context.folder, context.settings.vitest);
  const problems = [...found];
  const installed = installedOnes(runner, candidates, ({ kind }) => kind !== 'declared', problems);
  const listings = await askAll(installed, candidate => list(candidate, context, launcher, problems));
  const projects = [...settleClaims(listings.flat())].flatMap(([claim, files]) => {
    if (claim.listed.browser && files.length > 0) problems.push(browserProblem(claim));
    if (claim.listed.browser || (files.length === 0 && claim.kind === 'declared')) return [];
    const project = projectOf(claim, files, context.folder);
    launcher.remember(project.id, claim.listed.name);
    return project;
  });
  return { projects: projects.filter(project => project.files.length > 0 || projects.length === 1), problems };
}

async function list(
  candidate: Installed,
  context: DetectionContext,
  launcher: VitestLauncher,
  problems: Problem[],
): Promise<ProjectClaim[]> {
  const { root, home } = candidate;
  const launch = launcher.listing(root, home, context);
  const question = { runner, root, launch, config: configIn(root), tryThis: 'npx vitest list' };
  const listing = await ask<Listing>(question, context.tool, problems);
  const { projects = [], configs = [] } = listing ?? {};
  const gathers = projects.length > 1 || projects.some(project => resolve(project.root) !== root);
  return projects.map(listed => {
    const files = listed.files.map(file => resolve(file));
    return { ...candidate, files, gathers, listed, configs };
  });
}

/** Vite runs a copy of it, whose name is in no frame that a user would know. */
function configIn(root: string): string | undefined {
  const names = readdirSync(root);
  const name = ['vitest.config.', 'vite.config.'].flatMap(start => names.find(each => each.startsWith(start)) ?? [])[0];
  return name && join(root, name);
}

function projectOf({ root, listed, configs }: ProjectClaim, files: readonly string[], folder: Folder): Project {
  const below = relative(folder.path, root).replaceAll('\\', '/');
  const fromRoot = (path: string) => relative(root, path).replaceAll('\\', '/');
  const within = fromRoot(listed.root);
  const include = listed.include.map(glob => watchableGlob(within ? `${within}/${glob}` : glob));
  const config = configs.map(fromRoot).filter(path => !path.startsWith('..'));
  return {
    id: [`vitest:${folder.name}:${below || '.'}`, ...(listed.name ? [listed.name] : [])].join(':'),
    framework: 'vitest',
    folder,
    root,
    label: ['vitest', below, listed.name].filter(part => part).join(' · '),
    files,
    watch: [...new Set([...configNames, 'vite.config.*', 'package.json', ...config, ...include])],
  };
}

function browserProblem({ root, listed }: ProjectClaim): Problem {
  const name = listed.name ? `the project ${listed.name}` : 'vitest';
  return {
    severity: 'warning',
    file: root,
    message: `The tests of ${name} in ${root} run in a browser, which Bulkhead does not cage yet; they are left out.`,
    fix: 'Run them with "npx vitest".',
  };
}
