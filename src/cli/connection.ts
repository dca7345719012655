import { join } from 'node:path';
import { WardenClient } from '../client/client.ts';
import type { CageDescription } from '../protocol/limits.ts';
import { type FolderSetup, type Notice, type RequestName, type Requests, wardenEnds } from '../protocol/messages.ts';

/** The warden is not there, or no longer: nothing of the project is at fault. */
export class WardenGone extends Error {}

export interface ConnectionOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly env: NodeJS.ProcessEnv;
  readonly storage: string;
  readonly folder: FolderSetup;
  readonly onNotice: (notice: Notice) => void;
}

/** A warden for the time of one command; every question ends, with an answer or with `WardenGone`. */
export class Connection {
  readonly #client: WardenClient;
  readonly #gone: Promise<WardenGone>;

  static async open({ dist, env, storage, folder, onNotice }: ConnectionOptions): Promise<Connection> {
    const gone = Promise.withResolvers<WardenGone>();
    try {
      const client = await WardenClient.start({
        script: join(dist, 'warden.cjs'),
        node: process.execPath,
        env,
        storage,
        folders: [folder],
        onNotice,
        onExit: reason => gone.resolve(new WardenGone(reason)),
      });
      return new Connection(client, gone.promise);
    } catch (error) {
      throw new WardenGone((error as Error).message);
    }
  }

  private constructor(client: WardenClient, gone: Promise<WardenGone>) {
    this.#client = client;
    this.#gone = gone;
  }

  get cage(): CageDescription {
    return this.#client.info.cage;
  }

  async ask<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    const answer = this.#client.request(name, params);
    // A warden that dies fails what it was asked before it is said to be gone, and answers nothing asked later.
    const outcome = await Promise.race([answer.catch((error: Error) => error), this.#gone]);
    if (!(outcome instanceof Error)) return outcome;
    const told = outcome.message === wardenEnds ? new WardenGone(wardenEnds) : outcome;
    throw await Promise.race([this.#gone, Promise.resolve(told)]);
  }

  /** Resolves when the warden has reaped everything and is gone. */
  close(): Promise<void> {
    return this.#client.close();
  }
}
