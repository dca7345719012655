import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bootKernel, type KernelKind } from './boot.ts';

export interface InsideKernel {
  kind: KernelKind;
  memoryMiB?: number;
  /** For boot and suites together. */
  timeoutMs?: number;
}

export interface InsideSuite {
  /** Spec files, relative to the repository. */
  specs: string[];
  /** `dev`, the ordinary user, unless said otherwise. */
  user?: 'dev' | 'root';
  env?: Record<string, string>;
  /** Put before the command, such as a `systemd-run` that gives it a scope of its own. */
  through?: string;
  mochaArguments?: string[];
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
export async function runSuiteInside(order: InsideKernel & InsideSuite): Promise<SuiteReport> {
  const [report] = await runSuitesInside(order, [order]);
  return report!;
}

/** Several in one boot, each in a process of its own, so that what fails in one is not held against the next. */
export async function runSuitesInside(
  { kind, memoryMiB, timeoutMs }: InsideKernel,
  suites: readonly InsideSuite[],
): Promise<SuiteReport[]> {
  const share = await mkdtemp(path.join(os.tmpdir(), 'bulkhead-suite-'));
  try {
    const limits = { ...(memoryMiB && { memoryMiB }), ...(timeoutMs && { timeoutMs }) };
    const script = [...suites.map(scriptOf), 'exit $status'].join('\n');
    const kernel = await bootKernel({ kind, share, script, ...limits });
    const reports = suites.map(async ({ specs }, index) => {
      const report = await readFile(path.join(share, reportName(index)), 'utf8').catch(() => {
        const end = kernel.timedOut ? 'was cut at the time limit' : `ended with exit code ${kernel.exitCode}`;
        const what = `${specs.join(' and ')} in the ${kind} kernel ${end}, without a report.`;
        throw new Error(`${what}\n${kernel.output}\n${kernel.console}`);
      });
      return JSON.parse(report) as SuiteReport;
    });
    return await Promise.all(reports);
  } finally {
    await rm(share, { recursive: true, force: true });
  }
}

function reportName(index: number): string {
  return `report-${index}.json`;
}

function scriptOf(
  { specs, user = 'dev', env = {}, through = '', mochaArguments = [] }: InsideSuite,
  index: number,
): string {
  // Both users can write there; /host belongs to whoever owns the share on the host.
  const report = `/tmp/${reportName(index)}`;
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
  return `${user === 'dev' ? 'asDev' : 'bash -c'} ${quoted(run)}; status=$?; cp ${report} /host/ || exit $status`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
