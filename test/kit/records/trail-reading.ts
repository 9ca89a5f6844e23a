/** Reads the records of a stage with the product's own commands, as an auditor would. */
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { recordsFile } from '../../demo/story.ts';
import type { Stage } from '../installation/stage.ts';

/** Every record so far. */
export async function recordsOf(stage: Stage): Promise<StoredRecord[]> {
  const words = ['support-access', 'records', 'print', '--file', recordsFile(stage), '--output', 'json'];
  const { stdout } = await stage.kubectl(words);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredRecord);
}

/** What `records verify` says; throws when the chain does not hold. */
export async function verifyRecords(stage: Stage): Promise<string> {
  const { stdout } = await stage.kubectl([
    'support-access',
    'records',
    'verify',
    '--file',
    recordsFile(stage),
  ]);
  return stdout;
}
