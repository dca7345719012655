import { existsSync } from 'node:fs';
import type { Attribute, TestRecord } from '../protocol/verdict.ts';

/** A record of the past as it is now: the file of its output may have been removed since. */
export function asItIsNow(record: TestRecord): TestRecord {
  const { file } = record.output;
  if (file === undefined || existsSync(file)) return record;
  const missing = 'it was removed, as "history.size" says, or by somebody';
  const { text, droppedBytes } = record.output;
  const attributes = record.attributes.map((attribute): Attribute =>
    attribute.kind === 'output-truncated' ? { kind: attribute.kind, droppedBytes, missing } : attribute,
  );
  return { ...record, attributes, output: { text, droppedBytes, missing } };
}
