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

/** What `records verify` says; throws when the chain does not hold. */
export async function verifyRecords(installation: ExampleInstallation): Promise<string> {
  const { stdout } = await installation.kubectl([
    'support-access',
    'records',
    'verify',
    '--file',
    recordsFile(installation),
  ]);
  return stdout;
}
