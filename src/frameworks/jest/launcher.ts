import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { homeFor } from '../javascript/installation.ts';
import { nodeFor } from '../javascript/program.ts';
import { jest as runner } from './runner.ts';

/** How the two programs inside are started. */
export class JestLauncher {
  readonly #inside: string;
  /** What jest itself calls a project, by our own name for it. */
  readonly #ids = new Map<string, string>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  remember(id: string, own: string): void {
    this.#ids.set(id, own);
  }

  listing(root: string, home: string, { folder, settings }: { folder: Folder; settings: Settings }): Launch {
    return this.#launch('jest-list.cjs', root, home, folder, settings, {});
  }

  run({ id, root, folder }: Project, settings: Settings): Launch {
    const own = { BULKHEAD_PROJECT: this.#ids.get(id) ?? '' };
    return this.#launch('jest-run.cjs', root, homeFor(runner, root), folder, settings, own);
  }

  #launch(
    program: string,
    root: string,
    home: string,
    folder: Folder,
    settings: Settings,
    more: Readonly<Record<string, string>>,
  ): Launch {
    const { args, env } = settings.jest;
    return {
      file: nodeFor('jest', settings, folder),
      args: [...nodeArgs([root, folder.path]), join(this.#inside, program), ...args],
      cwd: root,
      env: { ...env, ...more, BULKHEAD_JEST: home },
    };
  }
}

/** Whoever writes modules for jest says so in a script, to Node: it cannot be told by the configuration. */
function nodeArgs(folders: readonly string[]): string[] {
  const flag = '--experimental-vm-modules';
  return folders.some(folder => scriptsOf(folder).includes(flag)) ? [flag] : [];
}

function scriptsOf(folder: string): string {
  try {
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts?: object };
    return JSON.stringify(scripts ?? {});
  } catch {
    // Without a manifest there is no script; a broken one is told of where folders are looked for.
    return '';
  }
}
