import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';

/** What one run told the Test Explorer, in order. */
export interface ToldRun {
  readonly states: Map<string, string[]>;
  readonly messages: Map<string, vscode.TestMessage[]>;
  readonly coverage: vscode.FileCoverage[];
  output: string;
  ended: number;
}

export async function extension(): Promise<TestApi> {
  const found = vscode.extensions.getExtension<TestApi>('bulkhead.bulkhead');
  if (!found) throw new Error('The extension is not installed.');
  return found.activate();
}

/** Puts something between the extension and the runs that it creates from now on; the answer takes it away again. */
export function intercept({ controller }: TestApi, wrap: (run: vscode.TestRun) => vscode.TestRun): () => void {
  const create = controller.createTestRun.bind(controller);
  controller.createTestRun = (...args) => wrap(create(...args));
  return () => (controller.createTestRun = create);
}

/** The runs that begin from now on, as the Test Explorer gets them. */
export function listen(api: TestApi): { readonly runs: ToldRun[]; stop(): void } {
  const runs: ToldRun[] = [];
  const stop = intercept(api, run => {
    const told: ToldRun = { states: new Map(), messages: new Map(), coverage: [], output: '', ended: 0 };
    runs.push(told);
    return overheard(run, told);
  });
  return { runs, stop };
}

function overheard(run: vscode.TestRun, told: ToldRun): vscode.TestRun {
  const note = (item: vscode.TestItem, state: string) =>
    told.states.set(item.label, [...(told.states.get(item.label) ?? []), state]);
  return {
    name: run.name,
    token: run.token,
    isPersisted: run.isPersisted,
    onDidDispose: run.onDidDispose,
    addCoverage: coverage => (told.coverage.push(coverage), run.addCoverage(coverage)),
    enqueued: item => (note(item, 'enqueued'), run.enqueued(item)),
    started: item => (note(item, 'started'), run.started(item)),
    skipped: item => (note(item, 'skipped'), run.skipped(item)),
    passed: (item, duration) => (note(item, 'passed'), run.passed(item, duration)),
    failed: (item, message, duration) => (
      note(item, 'failed'),
      keep(told, item, message),
      run.failed(item, message, duration)
    ),
    errored: (item, message, duration) => (
      note(item, 'errored'),
      keep(told, item, message),
      run.errored(item, message, duration)
    ),
    appendOutput: (text, location, item) => ((told.output += text), run.appendOutput(text, location, item)),
    end: () => (told.ended++, run.end()),
  };
}

function keep(told: ToldRun, item: vscode.TestItem, message: vscode.TestMessage | readonly vscode.TestMessage[]): void {
  told.messages.set(item.label, 'message' in message ? [message] : [...message]);
}

/** The first line of a test's first message. */
export function firstLine(run: ToldRun, label: string): string {
  const message = run.messages.get(label)?.[0]?.message;
  return String(typeof message === 'string' ? message : message?.value).split('\n')[0] ?? '';
}

export function lastState(run: ToldRun, label: string): string | undefined {
  return run.states.get(label)?.at(-1);
}

export function file(relative: string): string {
  return path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, relative);
}

/** The labels of a level of the tree. */
export function labels(items: vscode.TestItemCollection): string[] {
  return [...items].map(([, item]) => item.label).sort();
}

/** Follows labels down the tree, opening files on the way. */
export async function itemAt({ controller }: TestApi, ...names: string[]): Promise<vscode.TestItem> {
  let items = controller.items;
  let item: vscode.TestItem | undefined;
  for (const name of names) {
    item = [...items].map(([, each]) => each).find(each => each.label === name);
    if (!item) throw new Error(`There is no item "${name}"; there are ${labels(items).join(', ')}.`);
    if (item.canResolveChildren && item.children.size === 0) await controller.resolveHandler?.(item);
    items = item.children;
  }
  if (!item) throw new Error('No name was given.');
  return item;
}

export async function until<T>(what: string, probe: () => T, ms = 60_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Still not so after ${ms} ms: ${what}`);
    await sleep(20);
  }
}
