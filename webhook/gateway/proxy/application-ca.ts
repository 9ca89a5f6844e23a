/**
 * Reads the authorities that an application's certificate may come from: PEM in a ConfigMap of its namespace. It is read
 * for each request, as everything is that lets one pass; what cannot be read or has no certificate in it is a no, and
 * never leads to the public authorities instead.
 */
import { X509Certificate } from 'node:crypto';
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isForbidden, saysAbsent } from '../../../kube/errors.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { ConfigMaps } from '../../../kube/resources.ts';

export type CaRef = NonNullable<NonNullable<SupportApplication['spec']['tls']>['caRef']>;

/** The authorities, each as PEM, or why there are none; the detail is for the customer. */
export type CaReading =
  | { readonly ok: true; readonly ca: readonly string[] }
  | { readonly ok: false; readonly detail: string };

/** Rejects when the API server does not answer. */
export type ReadCa = (namespace: string, ref: CaRef) => Promise<CaReading>;

/** How long reading may take, milliseconds: each second makes the decision that is waiting older. */
const readWithinMs = 2000;

/** By the gateway's own rights, which reach the ConfigMaps that the chart's value names. */
export function createReadCa(client: Pick<KubeClient, 'get'>): ReadCa {
  return async (namespace, ref) => {
    const where = `ConfigMap ${ref.name} of namespace ${namespace}, which spec.tls.caRef names,`;
    try {
      const read = await client.get<ConfigMap>(
        ConfigMaps,
        { namespace, name: ref.name },
        { deadlineMs: readWithinMs },
      );
      return certificatesIn(read.data?.[ref.key], { where, key: ref.key });
    } catch (error) {
      if (saysAbsent(error, ConfigMaps, ref.name))
        return { ok: false, detail: `${where} does not exist; create it with ${example(ref.key)}.` };
      if (isForbidden(error)) return { ok: false, detail: forbidden(where) };
      throw error;
    }
  };
}

type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

function forbidden(where: string): string {
  return `${where} may not be read by the gateway; add its name to the chart's value gateway.caConfigMapNames.`;
}

function example(key: string): string {
  return `the certificates of the authority as PEM under the key ${key}`;
}

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function certificatesIn(
  pem: string | undefined,
  { where, key }: { readonly where: string; readonly key: string },
): CaReading {
  if (pem === undefined) return { ok: false, detail: `${where} has no key ${key}; store ${example(key)}.` };
  const ca = pem.match(block) ?? [];
  // One that cannot be read would be left out without a word, or trusted by the next library.
  if (ca.length > 0 && ca.every(isCertificate)) return { ok: true, ca };
  const detail = `${where} must hold certificates under the key ${key}, and has other text; store ${example(key)}.`;
  return { ok: false, detail };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
