/** Admission of the product in this process, as far as support identities go: what it is asked, and what it records. */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { installed } from '../../../crds/names.ts';
import { identityOf, judgeIdentity } from '../../../webhook/in-cluster/admission/identities/judge.ts';
import { readsAt } from '../../../webhook/in-cluster/admission/judge.ts';
import { type RunningAdmission, startAdmission } from '../../../webhook/in-cluster/admission/start.ts';
import { freePort } from '../../kit/control-plane/free-port.ts';
import { renderChart } from '../../kit/installation/chart.ts';
import { identitiesNamespace, releaseNamespace } from '../../kit/installation/install.ts';
import type { Installation } from '../../kit/installation/installation.ts';

export interface SupportAdmission {
  /** Paths of the reviews that the API server sent, and what was recorded, since the test emptied them. */
  readonly reviews: string[];
  readonly recorded: NewRecord[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Registers it at the API server, with the chart's text; it does not run yet. */
export async function supportAdmission(installation: Installation): Promise<SupportAdmission> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}/admission`;
  await register(installation, url);
  const [reviews, recorded]: [string[], NewRecord[]] = [[], []];
  let running: RunningAdmission | undefined;
  const stop = async (): Promise<void> => running?.stop();
  installation.teardown.add(stop);
  const start = async (): Promise<void> => {
    running = await startOn(installation, { port, url, reviews, recorded });
  };
  return { reviews, recorded, start, stop };
}

/** Without the entries that ask of our own kinds, which this admission does not judge. */
async function register({ controlPlane }: Installation, url: string): Promise<void> {
  const chart = await renderChart({ webhook: { url } });
  const items = chart
    .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    .map((object) => ({
      ...object,
      webhooks: (object['webhooks'] as { name: string }[]).filter(({ name }) =>
        /^(support|owner)\./.test(name),
      ),
    }));
  const list = { apiVersion: 'v1', kind: 'List', items };
  await controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
}

async function startOn(
  installation: Installation,
  {
    port,
    url,
    reviews,
    recorded,
  }: Pick<SupportAdmission, 'reviews' | 'recorded'> & { port: number; url: string },
): Promise<RunningAdmission> {
  const client = await installation.clientOf('webhook');
  const { read } = readsAt(client);
  const deps = { client, read, identitiesNamespace, now: Date.now };
  const keep = (record: NewRecord): void => void recorded.push(record);
  let serial = 0;
  return startAdmission({
    client,
    namespace: releaseNamespace,
    bind: '127.0.0.1',
    port,
    serviceName: installed.webhookService,
    url,
    now: Date.now,
    onCertificate: () => undefined,
    onProblem: () => undefined,
    observer: {
      began: (path) => reviews.push(path),
      reviewed: () => undefined,
      failed: () => undefined,
      ended: () => undefined,
    },
    deps: {
      judge: async () => Promise.reject(new Error('no write of our kinds is asked about here')),
      advise: async () => [],
      judgeIdentity: (request) => judgeIdentity(request, deps),
      identityOf: (request) => identityOf(request, deps),
      record: async (record) => keep(record),
      appendInBackground: keep,
      tell: () => undefined,
      stamp: () => {
        serial += 1;
        const id = `019aa000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
        return { id, time: new Date().toISOString() };
      },
    },
  });
}
