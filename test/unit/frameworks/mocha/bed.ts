import { onceEach } from '../../../../src/engine/once.ts';
import { join } from 'node:path';
import { defaults, type Settings } from '../../../../src/config/settings.ts';
import type { Detection } from '../../../../src/frameworks/framework.ts';
import { MochaFramework } from '../../../../src/frameworks/mocha/framework.ts';
import type { InsideEvent, Order } from '../../../../src/protocol/events.ts';
import type { Discovery } from '../../../../src/protocol/messages.ts';
import type { Project } from '../../../../src/protocol/tests.ts';
import { bundleInside } from '../bundles.ts';
import { type InsideOutcome, spawnInside, uncagedTool } from '../spawn-inside.ts';
import { installMochas, type Workbench, workbench } from './versions.ts';

export type EndOf = Extract<InsideEvent, { t: 'end' }>;
export type ErrorOf = Extract<InsideEvent, { t: 'error' }>;

/** The framework as it is, run with everything real but the cage. */
export interface Bed extends Workbench {
  detect(root: string, settings?: Settings): Promise<Detection>;
  discover(root: string, file: string): Promise<Discovery>;
  run(root: string, file: string, tests?: Order['tests'], env?: Record<string, string>): Promise<InsideOutcome>;
  runChosen(root: string, file: string, tests: Order['tests']): Promise<InsideOutcome>;
}

export async function openBed(): Promise<Bed> {
  await installMochas();
  const inside = await bundleInside();
  const bench = workbench();
  const framework = new MochaFramework(inside.folder);
  const contextOf = (root: string, settings: Settings) => ({
    folder: folderOf(root),
    settings,
    tool: uncagedTool,
    builds: root,
    once: onceEach(),
  });
  return {
    ...bench,
    detect: (root, settings = defaults) => framework.detect(contextOf(root, settings)),
    discover: (root, file) => framework.discover(projectOf(root), join(root, file), contextOf(root, defaults)),
    run(root, file, tests, env = {}) {
      const launch = framework.launch(projectOf(root), [], { ...defaults, mocha: { enabled: true, args: [], env } });
      return spawnInside(launch, { mode: 'run', file: join(root, file), ...(tests ? { tests } : {}) });
    },
    runChosen(root, file, tests) {
      const launch = framework.launch(projectOf(root), [], defaults);
      return spawnInside(launch, { mode: 'run', file: join(root, file), ...(tests ? { tests } : {}), chosen: true });
    },
    remove() {
      inside.remove();
      bench.remove();
    },
  };
}

export function withMocha(mocha: Partial<Settings['mocha']>): Settings {
  return { ...defaults, mocha: { ...defaults.mocha, ...mocha } };
}

function folderOf(root: string) {
  return { name: 'workspace', path: root };
}

export function projectOf(root: string): Project {
  return {
    id: 'mocha:workspace:.',
    framework: 'mocha',
    folder: folderOf(root),
    root,
    label: 'mocha',
    files: [],
    watch: [],
  };
}

/** `a › b: passed`, in the order in which the tests ended. */
export function endsOf({ events }: InsideOutcome): string[] {
  return events.flatMap(event => (event.t === 'end' ? [`${event.path.join(' › ')}: ${event.state}`] : []));
}

export function endOf({ events }: InsideOutcome, title: string): EndOf {
  const end = events.find((event): event is EndOf => event.t === 'end' && event.path.at(-1) === title);
  if (!end) throw new Error(`no end of ${title} among ${JSON.stringify(events)}`);
  return end;
}

export function errorsOf({ events }: InsideOutcome): ErrorOf[] {
  return events.filter((event): event is ErrorOf => event.t === 'error');
}

export function saidBye({ events }: InsideOutcome): boolean {
  return events.some(event => event.t === 'bye');
}
