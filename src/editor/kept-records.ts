import type { RecordPage } from '../protocol/history.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Connection } from './connection.ts';

/** Every record that the history has of a run, page by page. */
export async function eachRecord(
  connection: Pick<Connection, 'request'>,
  run: string,
  take: (record: TestRecord) => void,
): Promise<void> {
  for (let after: number | null = 0; after !== null;) {
    const page: RecordPage = await connection.request('records', { run, after });
    page.records.forEach(take);
    after = page.next;
  }
}
