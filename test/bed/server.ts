import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { link } from './extensions.ts';
import { installServer } from './install-server.ts';
import { bed, server as installed } from './places.ts';
import { type Settings, still } from './settings.ts';

export interface ServerOptions {
  /** Lets a page's payload name an extension to develop and the tests to run in it. It also suppresses notification toasts. */
  smokeDriver?: boolean;
  env?: NodeJS.ProcessEnv;
  extensionsDir?: string;
  /** Folders of extensions to load from where they are. */
  linked?: string[];
  settings?: Settings;
  /** Kept after the end; without one, the server has a temporary folder of its own. */
  dataDir?: string;
  port?: number;
  /** Folders are not trusted before somebody says so. */
  askForTrust?: boolean;
}

export interface Server {
  readonly base: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Where the driver, if it is installed, listens in the extension host. */
  readonly bridge: string;
  /** The address of a workbench on this folder. */
  page(folder: string, payload?: [string, string][]): string;
  /** A file of this machine, as the workbench in the browser names it. */
  remote(file: string): string;
  output(): string;
  /** Resolves when the server is gone, however that came. */
  readonly gone: Promise<void>;
  /** Ends the server and all it started; returns the command lines of those that stayed and had to be killed. */
  stop(): Promise<string[]>;
}

/** Starts the VS Code server inside the code-server npm package, on 127.0.0.1 and without its login wrapper. Linux x64. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  await installServer();
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-vscode-'));
  fs.mkdirSync(path.join(dataDir, 'data/User'), { recursive: true });
  fs.writeFileSync(path.join(dataDir, 'data/User/settings.json'), JSON.stringify(options.settings ?? still, null, 2));
  const extensionsDir = options.extensionsDir ?? path.join(dataDir, 'extensions');
  for (const folder of options.linked ?? []) link(folder, extensionsDir);
  const bridge = path.join(dataDir, 'bridge');
  const cookie = `BULKHEAD_BED_COOKIE=${randomUUID()}`;
  const stop = guard(cookie, options.dataDir ? '' : dataDir);
  const child = spawn(installed.node, serverArguments({ ...options, dataDir, extensionsDir }), {
    env: serverEnvironment(cookie, { ...options.env, BULKHEAD_BED_BRIDGE: bridge }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  stop.watch(child.pid);
  const gone = new Promise<void>(resolve => child.on('close', () => resolve()));
  const output = collect(child);
  try {
    const { host, origin } = await listening(child, output);
    return {
      base: origin,
      pid: child.pid!,
      dataDir,
      bridge,
      page: (folder, payload = []) => {
        const query = payload.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '';
        const kind = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
        return `${origin}/?${kind}=${encodeURIComponent(folder)}${query}`;
      },
      remote: file => `vscode-remote://${host}${file}`,
      output,
      gone,
      stop: stop.now,
    };
  } catch (error) {
    await stop.now();
    throw error;
  }
}

function serverArguments(options: ServerOptions & { dataDir: string; extensionsDir: string }): string[] {
  return [
    installed.main,
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--without-connection-token', '--accept-server-license-terms'],
    ...['--server-data-dir', options.dataDir, '--extensions-dir', options.extensionsDir],
    ...['--telemetry-level', 'off'],
    ...(options.askForTrust ? [] : ['--disable-workspace-trust']),
    ...(options.smokeDriver ? ['--enable-smoke-test-driver'] : []),
  ];
}

/** Of VS Code's own processes a stuck one may have to be killed; any other that stayed is a leak. */
export const ofVsCode = (command: string) => command.includes('code-server/lib/vscode');

/** The variables of npm and of a VS Code around us would reach the extension host and every test in it. */
export function serverEnvironment(cookie: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const [name = '', value] = cookie.split('=');
  const inherited = Object.entries(process.env).filter(([key]) => !/^(npm_|VSCODE_|ELECTRON_)/i.test(key));
  // An empty gallery: VS Code looks nothing up at open-vsx.org.
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...extra, [name]: value };
}

/** The guard ends the server when the pipe to its stdin closes: by stop(), or because this process is no more. */
function guard(cookie: string, folder: string) {
  const process_ = spawn(process.execPath, [path.join(bed, 'guard.ts'), cookie, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const stayed = collect(process_);
  const ended = once(process_, 'close');
  return {
    watch: (pid: number | undefined) => process_.stdin.write(String(pid)),
    now: async () => {
      process_.stdin.end();
      await ended;
      return JSON.parse(stayed()) as string[];
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

function listening(child: ChildProcess, output: () => string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${what}:\n${output()}`));
    };
    const timer = setTimeout(() => fail('did not start within 60 s'), 60_000);
    child.on('error', error => fail(`could not be started (${error.message})`));
    child.on('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    child.stdout?.on('data', () => {
      const address = /Web UI available at (\S+)/.exec(output())?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve(new URL(`http://127.0.0.1:${new URL(address).port}`));
    });
  });
}
