/**
 * Tells the operator of the certificates, and of the Services that are not dialled: an entry each in the ConfigMap that the chart made, and when a
 * gateway last looked. All replicas tell the same, and write only what is not there yet.
 */
import { installed, programs } from '../../../crds/names.ts';
import { checkedAtKey, checkedEveryMs } from '../../../crds/rules/request/tls-secrets.ts';
import { formatTime, parseTime } from '../../../crds/rules/time/time.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isConflict } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import type { Certificates } from './certificates.ts';

export interface ToldCertificatesOptions {
  readonly client: Pick<KubeClient, 'get' | 'mergePatch'>;
  readonly namespace: string;
  readonly certificates: Pick<Certificates, 'refresh' | 'entries'>;
  /** What is told beside them, of applications and the Services behind them, where this is told already. Never rejects. */
  readonly beside: (told: Data) => Promise<Data>;
  /** Before the policy has been seen there is nothing to tell, and what others told must stay. */
  readonly isPolicyKnown: () => boolean;
  readonly now: () => number;
}

type Data = Readonly<Record<string, string>>;

/** How often a turn looks again because another replica wrote meanwhile; what is left is for the next turn. */
const mostLooks = 3;

export interface CertificateLoader {
  /** Loads and tells one turn after the other: an older look that ends late must not take the place of a newer one. */
  readonly load: () => Promise<void>;
  /**
   * Whether the Secrets of the policy were looked at: before, each handshake is refused, so the gateway is not ready. It is
   * also true where a Secret was found missing or unusable, as waiting would not help.
   */
  readonly isLoaded: () => boolean;
}

/** The loader of one gateway. */
export function createCertificateLoader(options: ToldCertificatesOptions): CertificateLoader {
  let last = Promise.resolve();
  let isLoaded = false;
  const turn = async (): Promise<void> => {
    const isPolicyKnown = options.isPolicyKnown();
    try {
      await loadAndTell(options);
    } finally {
      isLoaded ||= isPolicyKnown && options.certificates.entries() !== undefined;
    }
  };
  return {
    load: () => {
      last = last.then(turn, turn);
      return last;
    },
    isLoaded: () => isLoaded,
  };
}

/**
 * Loads the certificates and tells of them. The ConfigMap is read first and written with its version: what is told then
 * comes from a later look at the Secrets than what it replaces. Throws when telling fails; the certificates are loaded then.
 */
async function loadAndTell(options: ToldCertificatesOptions, looks = mostLooks): Promise<void> {
  const { client, namespace, certificates, beside, isPolicyKnown, now } = options;
  const ref = { namespace, name: installed.certificates };
  const reading = client.get<KubeObject & { readonly data?: Data }>(ConfigMaps, ref);
  const [seen] = await Promise.allSettled([reading]);
  await certificates.refresh();
  const loaded = isPolicyKnown() ? certificates.entries() : undefined;
  if (loaded === undefined) return;
  if (seen.status === 'rejected') throw seen.reason;
  const { metadata, data = {} } = seen.value;
  const entries = { ...loaded, ...(await beside(data)) };
  const change = changeOf(data, entries, now());
  if (change === undefined) return;
  const patch = { metadata: { resourceVersion: metadata.resourceVersion }, data: change };
  try {
    await client.mergePatch(ConfigMaps, ref, { patch, fieldManager: programs.gateway });
  } catch (error) {
    if (!isConflict(error)) throw error;
    // Another replica told meanwhile, perhaps from an older look.
    if (looks > 1) await loadAndTell(options, looks - 1);
  }
}

/** The merge patch of the data; undefined when all of it is there and was said not long ago. */
export function changeOf(data: Data, entries: Data, now: number): Record<string, string | null> | undefined {
  const gone = Object.keys(data).filter((key) => key !== checkedAtKey && entries[key] === undefined);
  const news = Object.entries(entries).filter(([key, entry]) => data[key] !== entry);
  const saidAt = parseTime(data[checkedAtKey]);
  const isRecent = saidAt !== undefined && Math.abs(now - saidAt) < checkedEveryMs;
  if (gone.length + news.length === 0 && isRecent) return undefined;
  return {
    ...Object.fromEntries(gone.map((key) => [key, null])),
    ...Object.fromEntries(news),
    [checkedAtKey]: formatTime(now),
  };
}
