import { join } from 'node:path';
import { WardenClient } from '../client/client.ts';
import type { CageDescription } from '../protocol/limits.ts';
import type { FolderSetup, Notice, RequestName, Requests } from '../protocol/messages.ts';

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
  readonly #gone: Promise<never>;

  static async open({ dist, env, storage, folder, onNotice }: ConnectionOptions): Promise<Connection> {
    const gone = Promise.withResolvers<never>();
    // Between two questions nobody listens; the next one hears of it.
    gone.promise.catch(() => undefined);
    try {
      const client = await WardenClient.start({
        script: join(dist, 'warden.cjs'),
        node: process.execPath,
        env,
        storage,
        folders: [folder],
        onNotice,
        onExit: reason => gone.reject(new WardenGone(reason)),
      });
      return new Connection(client, gone.promise);
    } catch (error) {
      throw new WardenGone((error as Error).message);
    }
  }

  private constructor(client: WardenClient, gone: Promise<never>) {
    this.#client = client;
    this.#gone = gone;
  }

  get cage(): CageDescription {
    return this.#client.info.cage;
  }

  ask<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    return Promise.race([this.#client.request(name, params), this.#gone]);
  }

  /** Resolves when the warden has reaped everything and is gone. */
  close(): Promise<void> {
    return this.#client.close();
  }
}
