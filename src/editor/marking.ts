import * as vscode from 'vscode';
import type { TestKey } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Connection } from './connection.ts';
import { type Mark, markOf, pastResultOf, resultOf, type ResultTag, resultTags } from './marks.ts';
import type { TestTree } from './tree.ts';

/** A change of a row costs VS Code more than all else about a result: of a larger run only what is worth a look is marked. */
const mostOrdinary = 1_000;
/** Of one request to the history. */
const perQuestion = 1_000;

export type MarkResult = (item: vscode.TestItem, record: TestRecord, durationTold: boolean) => void;

/** Numbers and tags behind the labels of the Test Explorer, from runs as they go and from the history when a file is opened. */
export class Marking {
  readonly #tree: TestTree;
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #tags = new Map<ResultTag, vscode.TestTag>(resultTags.map(tag => [tag, new vscode.TestTag(tag)]));

  constructor(tree: TestTree, connection: Connection, log: vscode.LogOutputChannel) {
    this.#tree = tree;
    this.#connection = connection;
    this.#log = log;
  }

  /** For one run: how many ordinary results it may still mark. */
  ofRun(): MarkResult {
    let left = mostOrdinary;
    return (item, record, durationTold) => {
      const mark = markOf(resultOf(record), durationTold);
      if (!mark) return;
      const isOrdinary = mark.tags.length === 0 && item.description === undefined;
      if (isOrdinary && left-- <= 0) return;
      this.#set(item, mark);
    };
  }

  /** What is known of tests that have just got their items. */
  async restore(keys: readonly TestKey[]): Promise<void> {
    const unmarked = keys.filter(key => this.#tree.item(key)?.description === undefined);
    try {
      for (let from = 0; from < unmarked.length; from += perQuestion) {
        const asked = unmarked.slice(from, from + perQuestion);
        for (const last of await this.#connection.request('lastVerdicts', { keys: asked })) {
          const item = this.#tree.item(last.key);
          // A run may have ended in the meantime, and knows more.
          const mark = item?.description === undefined && markOf(pastResultOf(last), true);
          if (item && mark) this.#set(item, mark);
        }
      }
    } catch (error) {
      this.#log.debug(`Earlier results are not shown: ${(error as Error).message}`);
    }
  }

  #set(item: vscode.TestItem, { description, tags }: Mark): void {
    if (item.description !== description) item.description = description;
    const own = new Set(this.#tags.values());
    const before = item.tags.filter(tag => own.has(tag)).map(({ id }) => id);
    if (before.join() === tags.join()) return;
    item.tags = [...item.tags.filter(tag => !own.has(tag)), ...tags.map(tag => this.#tags.get(tag)!)];
  }
}
