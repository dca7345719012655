import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { homeFor } from '../javascript/installation.ts';
import { nodeFor } from '../javascript/program.ts';
import { vitest as runner } from './runner.ts';

/** How the two programs inside are started. */
export class VitestLauncher {
  readonly #inside: string;
  /** What vitest itself calls a project, by our own name for it. */
  readonly #names = new Map<string, string>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  remember(id: string, name: string): void {
    this.#names.set(id, name);
  }

  listing(root: string, home: string, { folder, settings }: { folder: Folder; settings: Settings }): Launch {
    return this.#launch('vitest-list.cjs', root, home, folder, settings, {});
  }

  run({ id, root, folder }: Project, settings: Settings): Launch {
    return this.#launch('vitest-run.cjs', root, homeFor(runner, root), folder, settings, {
      BULKHEAD_PROJECT: this.#names.get(id) ?? '',
      BULKHEAD_WORKER: join(this.#inside, 'vitest-worker.mjs'),
    });
  }

  #launch(
    program: string,
    root: string,
    home: string,
    folder: Folder,
    settings: Settings,
    more: Readonly<Record<string, string>>,
  ): Launch {
    const { args, env } = settings.vitest;
    return {
      file: nodeFor('vitest', settings, folder),
      args: [join(this.#inside, program), ...args],
      cwd: root,
      env: { ...env, ...more, BULKHEAD_VITEST: home },
    };
  }
}
