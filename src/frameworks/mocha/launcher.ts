import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Folder, Project } from '../../protocol/tests.ts';
import type { Launch } from '../framework.ts';
import { homeFor } from '../javascript/installation.ts';
import { nodeFor } from '../javascript/program.ts';
import { mocha as runner } from './runner.ts';
import { type ScriptCall, scriptCall } from './script.ts';

interface Remembered {
  readonly mocha: string;
  readonly nodeArgs: readonly string[];
  readonly call: ScriptCall;
}

/** How the two programs inside are started. */
export class MochaLauncher {
  readonly #inside: string;
  readonly #remembered = new Map<string, Remembered>();

  constructor(inside: string) {
    this.#inside = inside;
  }

  /** What the listing told of a folder, so that its tests need not start Node twice to get its arguments. */
  remember(root: string, told: Omit<Remembered, 'call'>): void {
    this.#remembered.set(root, { ...told, call: scriptCall(root) });
  }

  listing(root: string, mocha: string, { folder, settings }: { folder: Folder; settings: Settings }): Launch {
    return this.#launch('mocha-list.cjs', root, { folder, settings, mocha, nodeArgs: [], call: scriptCall(root) });
  }

  run({ root, folder }: Project, settings: Settings): Launch {
    const remembered = this.#remembered.get(root) ?? {
      mocha: homeFor(runner, root),
      nodeArgs: [],
      call: scriptCall(root),
    };
    return this.#launch('mocha-run.cjs', root, { folder, settings, ...remembered });
  }

  #launch(
    program: string,
    root: string,
    { folder, settings, mocha, nodeArgs, call }: Remembered & { folder: Folder; settings: Settings },
  ): Launch {
    const { env } = settings.mocha;
    // What Bulkhead is told itself goes before what is told to npm.
    const args = settings.mocha.args.length > 0 ? settings.mocha.args : call.args;
    return {
      file: nodeFor('mocha', settings, folder),
      args: [...nodeArgs, join(this.#inside, program), ...args],
      cwd: root,
      env: { ...call.env, ...env, BULKHEAD_MOCHA: mocha, BULKHEAD_NODE_ARGS: JSON.stringify(nodeArgs) },
    };
  }
}
