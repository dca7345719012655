import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bootKernel, type KernelKind } from './boot.ts';

export interface InsideSuite {
  kind: KernelKind;
  /** Spec files, relative to the repository. */
  specs: string[];
  /** `dev`, the ordinary user, unless said otherwise. */
  user?: 'dev' | 'root';
  env?: Record<string, string>;
  /** Put before the command, such as a `systemd-run` that gives it a scope of its own. */
  through?: string;
  mochaArguments?: string[];
  memoryMiB?: number;
  timeoutMs?: number;
}

export interface SuiteReport {
  stats: { tests: number; passes: number; failures: number; pending: number };
  passes: ReportedTest[];
  failures: ReportedTest[];
  pending: ReportedTest[];
}

export interface ReportedTest {
  fullTitle: string;
  err: { message?: string; stack?: string };
}

/** Runs mocha on the repository's own files in a kernel of its own; throws only if there is no report to return. */
export async function runSuiteInside(suite: InsideSuite): Promise<SuiteReport> {
  const share = await mkdtemp(path.join(os.tmpdir(), 'bulkhead-suite-'));
  try {
    const { kind, memoryMiB, timeoutMs } = suite;
    const limits = { ...(memoryMiB && { memoryMiB }), ...(timeoutMs && { timeoutMs }) };
    const kernel = await bootKernel({ kind, share, script: scriptOf(suite), ...limits });
    const report = await readFile(path.join(share, 'report.json'), 'utf8').catch(() => {
      const end = kernel.timedOut ? 'was cut at the time limit' : `ended with exit code ${kernel.exitCode}`;
      throw new Error(`The suite in the ${kind} kernel ${end}, without a report.\n${kernel.output}\n${kernel.console}`);
    });
    return JSON.parse(report) as SuiteReport;
  } finally {
    await rm(share, { recursive: true, force: true });
  }
}

function scriptOf({ specs, user = 'dev', env = {}, through = '', mochaArguments = [] }: InsideSuite): string {
  // Both users can write there; /host belongs to whoever owns the share on the host.
  const report = '/tmp/report.json';
  const mocha = [
    'node',
    'node_modules/mocha/bin/mocha.js',
    '--reporter',
    'json',
    '--reporter-option',
    `output=${report}`,
  ];
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = ['env', ...settings, ...mocha, ...mochaArguments, ...specs].map(quoted).join(' ');
  // exec: a shell left waiting would be a second process in dev's cgroup leaf.
  const run = `cd /bulkhead && exec ${through} ${command}`;
  return `${user === 'dev' ? 'asDev' : 'bash -c'} ${quoted(run)}; status=$?; cp ${report} /host/ && exit $status`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
