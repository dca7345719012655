import { parentPort } from 'node:worker_threads';
import type { CoverageRequests, SourceSurvey } from '../protocol/coverage.ts';
import type { TestKey } from '../protocol/tests.ts';
import { Collection, type TakenAttempt } from './collection.ts';
import type { Scope } from './places.ts';

/** To the thread that reads what V8 has counted. */
export type ToCoverage =
  /** Of a run, by its folder for coverage. */
  | { readonly begin: string; readonly scope: Scope; readonly done: readonly TestKey[] }
  | { readonly take: string; readonly attempt: TakenAttempt }
  | { readonly end: string }
  | { readonly survey: string; readonly surveys: readonly SourceSurvey[] }
  | { readonly id: number; readonly ask: 'unsurveyed'; readonly folder: string }
  /** Answered when everything sent before is done. */
  | { readonly id: number; readonly ask: 'settled' }
  | {
      [N in keyof CoverageRequests]: {
        readonly id: number;
        readonly ask: N;
        readonly folder: string;
        readonly params: CoverageRequests[N]['params'];
      };
    }[keyof CoverageRequests];

export type FromCoverage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly fault: string };

/** Runs that are looked at are looked at file by file. */
const mostOpen = 4;

const port = parentPort!;
const say = (message: FromCoverage) => port.postMessage(message);
const going = new Map<string, Collection>();
const past = new Map<string, Collection>();

port.on('message', (message: ToCoverage) => {
  if ('ask' in message) {
    try {
      say({ id: message.id, result: answer(message) });
    } catch (error) {
      say({ id: message.id, error: (error as Error).message });
    }
    return;
  }
  try {
    if ('begin' in message) going.set(message.begin, Collection.begin(message.begin, message.scope, message.done));
    else if ('take' in message) going.get(message.take)?.take(message.attempt);
    else if ('survey' in message) going.get(message.survey)?.survey(message.surveys);
    else finish(message.end);
  } catch (error) {
    say({ fault: (error as Error).message });
  }
});

function finish(folder: string): void {
  const collection = going.get(folder);
  if (!collection) return;
  going.delete(folder);
  keep(folder, collection);
  collection.finish();
}

function keep(folder: string, collection: Collection): void {
  past.delete(folder);
  past.set(folder, collection);
  for (const oldest of past.keys()) if (past.size > mostOpen) past.delete(oldest);
}

function answer(message: Extract<ToCoverage, { ask: string }>): unknown {
  if (message.ask === 'settled') return null;
  const { folder } = message;
  let collection = going.get(folder) ?? past.get(folder);
  if (!collection) {
    collection = Collection.past(folder);
    keep(folder, collection);
  }
  switch (message.ask) {
    case 'unsurveyed':
      return collection.unsurveyed();
    case 'coverage':
      return collection.summary();
    case 'coverageDetail':
      return collection.detail(message.params.file, message.params.test);
  }
}
