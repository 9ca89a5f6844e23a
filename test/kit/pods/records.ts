/** The records of an installation in pods, by the plugin that its image holds. */
import type { StoredRecord } from '../../../crds/audit/record.ts';
import type { PodSite } from './pod-site.ts';

const file = '/var/lib/support-access/records.db';

async function plugin({ kubectl, namespace }: PodSite, ...words: readonly string[]): Promise<string> {
  const { stdout } = await kubectl([
    'exec',
    '--namespace',
    namespace,
    'deployment/support-access-webhook',
    '--',
    'kubectl-support_access',
    'records',
    ...words,
    '--file',
    file,
  ]);
  return stdout;
}

/** Every record so far. */
export async function recordsInPod(installation: PodSite): Promise<StoredRecord[]> {
  const text = await plugin(installation, 'print', '--output', 'json');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as StoredRecord);
}

/** The end of the records as it is now, to be kept. */
export async function headInPod(installation: PodSite): Promise<string> {
  return (await plugin(installation, 'head')).trim();
}

/** What `records verify` says, against a head that was kept or today's; throws when the records do not hold. */
export async function verifyInPod(installation: PodSite, kept?: string): Promise<string> {
  return plugin(installation, 'verify', '--head', kept ?? (await headInPod(installation)));
}
