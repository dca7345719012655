import type { FromPanel } from './messages.ts';
import type { SavedView } from './saved.ts';

/** The editor's side, as `acquireVsCodeApi` gives it. */
export interface Host {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: SavedView): void;
}
