import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { homeFor } from '../javascript/installation.ts';
import { nodeFor } from '../javascript/program.ts';
import { playwright as runner } from './runner.ts';

/** What a run must know of one of playwright's own projects. */
interface Remembered {
  readonly name: string;
  readonly output: string;
}

/** How the two programs inside are started. */
export class PlaywrightLauncher {
  readonly #inside: string;
  /** By our own name for the project. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  remember(id: string, project: Remembered): void {
    this.#remembered.set(id, project);
  }

  listing(root: string, home: string, { folder, settings }: { folder: Folder; settings: Settings }): Launch {
    return this.#launch('playwright-list.cjs', root, home, folder, settings, {});
  }

  run({ id, root, folder }: Project, settings: Settings): Launch {
    const { name = '', output = join(root, 'test-results') } = this.#remembered.get(id) ?? {};
    return this.#launch('playwright-run.cjs', root, homeFor(runner, root), folder, settings, {
      BULKHEAD_PROJECT: name,
      BULKHEAD_OUTPUT: output,
      BULKHEAD_WORKER: join(this.#inside, 'playwright-worker.cjs'),
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
    const { args, env } = settings.playwright;
    return {
      file: nodeFor('playwright', settings, folder),
      args: [join(this.#inside, program), ...args],
      cwd: root,
      env: { ...env, ...more, BULKHEAD_PLAYWRIGHT: home },
    };
  }
}
