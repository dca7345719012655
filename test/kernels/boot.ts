import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { folderForMemory } from './memoryFolder.ts';

export type KernelKind = 'systemd' | 'bare';

export interface KernelOrder {
  /** `systemd`: a lingering user session of `dev`; `bare`: no systemd, one cgroup v2 subtree that `dev` owns. */
  kind: KernelKind;
  /** The host's folder that the kernel sees as /host, writable for root there. */
  share: string;
  /** Bash, run as root in /host; `asDev 'command'` runs a command as the ordinary user. */
  script: string;
  memoryMiB?: number;
  /** For boot and script together. */
  timeoutMs?: number;
  /** Goes on beside the kernel. */
  onBooted?: (kernel: Booted) => Promise<void>;
}

export interface Booted {
  readonly ended: () => boolean;
  /** Out of its sleep (`/sys/power/state`). */
  readonly wake: () => Promise<void>;
}

export interface KernelResult {
  /** Of the script; null if it did not end, because of the time limit or because the kernel went down. */
  exitCode: number | null;
  timedOut: boolean;
  /** What the script wrote to stdout and stderr. */
  output: string;
  /** What the kernel and its init wrote; says why if the script never started. */
  console: string;
  /** From the start of the kernel to the first line of the script; null if it never got there. */
  bootMs: number | null;
}

export const repo = path.resolve(import.meta.dirname, '../..');

let image: Promise<string> | undefined;

/** Builds kernel and root disk unless they are there; the folder with both. */
export function prepareImage(): Promise<string> {
  image ??= promisify(execFile)('bash', [path.join(import.meta.dirname, 'prepare.sh')]).then(run => run.stdout.trim());
  return image;
}

/** Boots a kernel of its own, runs one script in it and leaves nothing of it; as many at once as memory allows. */
export async function bootKernel(order: KernelOrder): Promise<KernelResult> {
  const { memoryMiB = 1024, timeoutMs = 120_000 } = order;
  const image = await prepareImage();
  const folder = await mkdtemp(path.join(await folderForMemory(memoryMiB), 'bulkhead-kernel-'));
  try {
    await mkdir(path.join(folder, 'order'));
    await writeOrder(folder, order);
    const startedAt = Date.now();
    let ended = false;
    const wake = async () => {
      const pid = Number(await readFile(path.join(folder, 'control/pid'), 'utf8'));
      process.kill(pid, 'SIGUSR1');
    };
    const beside = order.onBooted?.({ ended: () => ended, wake });
    await runGuarded(folder, timeoutMs, [
      path.join(image, 'linux.uml'),
      `mem=${memoryMiB}M`,
      // The disk is only read; what this boot writes goes to a file of its own.
      `ubd0=${folder}/disk.cow,${image}/root.img`,
      'root=/dev/ubda',
      'rw',
      'quiet',
      'con=null',
      'con0=null,fd:1',
      // Else User-Mode Linux keeps a control socket in the home folder.
      `uml_dir=${folder}/`,
      'umid=control',
      `bulkhead.order=${folder}/order`,
      ...(order.kind === 'bare' ? ['init=/usr/local/sbin/bare-init'] : ['systemd.show_status=0']),
    ]);
    ended = true;
    await beside;
    return await readResult(folder, startedAt);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeOrder(folder: string, order: KernelOrder): Promise<void> {
  const files = {
    script: order.script,
    share: path.resolve(order.share),
    repo,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(folder, 'order', name), text)));
}

async function readResult(folder: string, startedAt: number): Promise<KernelResult> {
  const textOf = (name: string) => readFile(path.join(folder, name), 'utf8').catch(() => '');
  const timeOf = (name: string) =>
    stat(path.join(folder, name)).then(
      file => file.mtimeMs,
      () => null,
    );
  const exitCode = await textOf('order/exit-code');
  // A file made inside gets the host's time: the guest's clock need not agree with ours.
  const scriptStartedAt = await timeOf('order/started');
  return {
    exitCode: exitCode === '' ? null : Number(exitCode),
    timedOut: (await timeOf('timed-out')) !== null,
    output: await textOf('order/output'),
    console: await textOf('console'),
    bootMs: scriptStartedAt === null ? null : Math.round(scriptStartedAt - startedAt),
  };
}

/** Resolves when the kernel is gone, for whatever reason. */
function runGuarded(folder: string, timeoutMs: number, command: string[]): Promise<void> {
  const guard = spawn('bash', [path.join(import.meta.dirname, 'guard.sh'), `${timeoutMs / 1000}`, folder, ...command], {
    // The guard takes the end of its stdin for our death.
    stdio: ['pipe', 'ignore', 'ignore'],
    // Its own session: a Ctrl+C at the terminal must not end the guard before what it guards.
    detached: true,
    // User-Mode Linux keeps the guest's memory there.
    env: { ...process.env, TMPDIR: folder },
  });
  return new Promise((resolve, reject) => guard.on('error', reject).on('exit', () => resolve()));
}
