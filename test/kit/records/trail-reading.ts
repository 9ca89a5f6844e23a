/** Reads the records of a installation with the product's own commands, as an auditor would. */
import { join } from 'node:path';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import type { ExampleInstallation } from '../installation/example-installation.ts';

/** The log of an installation. */
export function recordsFile(installation: ExampleInstallation): string {
  return join(installation.product.dataDirectory, 'records.db');
}

/** Every record so far. */
export async function recordsOf(installation: ExampleInstallation): Promise<StoredRecord[]> {
  const words = [
    'support-access',
    'records',
    'print',
    '--file',
    recordsFile(installation),
    '--output',
    'json',
  ];
  const { stdout } = await installation.kubectl(words);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredRecord);
}

/** The end of the records as it is now, to be kept. */
export async function headOf(installation: ExampleInstallation): Promise<string> {
  const file = recordsFile(installation);
  const { stdout } = await installation.kubectl(['support-access', 'records', 'head', '--file', file]);
  return stdout.trim();
}

/** What `records verify` says, against a head that was kept or today's; throws when the chain or a table does not hold. */
export async function verifyRecords(installation: ExampleInstallation, kept?: string): Promise<string> {
  const head = kept ?? (await headOf(installation));
  const words = ['support-access', 'records', 'verify', '--file', recordsFile(installation), '--head', head];
  return (await installation.kubectl(words)).stdout;
}
