import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryRequests, Retention } from '../protocol/history.ts';
import type { Problem } from '../protocol/messages.ts';
import { type Removed, retain } from './retention.ts';
import { Store } from './store.ts';

/** To the thread that keeps the history of a warden. */
export type ToStore =
  | {
      [N in keyof HistoryRequests]: {
        readonly id: number;
        readonly ask: N;
        readonly params: HistoryRequests[N]['params'];
      };
    }[keyof HistoryRequests]
  /** The journal of this run has grown. */
  | { readonly grown: string }
  /** A run begins or has ended: what is more than this goes. */
  | { readonly retain: Retention };

export type FromStore =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly problem: Problem }
  | { readonly removed: Removed };

export interface StoreData {
  readonly storage: string;
}

const port = parentPort!;
const { storage } = workerData as StoreData;
const say = (message: FromStore) => port.postMessage(message);

const store = Store.open(storage, problem => say({ problem }));
if (store) store.catchUp();
else {
  const fix =
    'Runs are journalled and can be resumed all the same. Use a Node that was built with SQLite, from 22.13 on.';
  const message = 'Past runs cannot be looked up, because this Node has no SQLite.';
  say({ problem: { severity: 'warning', message, fix } });
}

port.on('message', (message: ToStore) => {
  if ('grown' in message) {
    // An import that fails is made up for by the next look at the history, which tells why.
    attempt(() => store?.import(message.grown));
    return;
  }
  if ('retain' in message) {
    attempt(() => removeOld(message.retain));
    return;
  }
  const { id } = message;
  try {
    if (!store) throw new Error('Past runs cannot be looked up, because this Node has no SQLite.');
    say({ id, result: answer(store, message) });
  } catch (error) {
    say({ id, error: (error as Error).message });
  }
});

function answer(store: Store, message: Extract<ToStore, { ask: string }>): unknown {
  switch (message.ask) {
    case 'history':
      return store.history(message.params);
    case 'records':
      return store.records(message.params);
    case 'comparison':
      return store.comparison(message.params);
    case 'lastVerdicts':
      return store.lastVerdicts(message.params);
    case 'testHistory':
      return store.testHistory(message.params);
  }
}

function removeOld(keep: Retention): void {
  const removed = retain(storage, keep);
  if (removed.runs.length + removed.outputs.length === 0) return;
  store?.catchUp();
  say({ removed });
}

function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    const { message } = error as Error;
    const fix = 'The journal has everything; the next look at the history takes it in.';
    say({ problem: { severity: 'warning', message: `The history could not be written: ${message}.`, fix } });
  }
}
