/** What gateways told of their TLS Secrets, as the operator sees it. */
import { checkedAtKey } from '../../../crds/rules/request/tls-secrets.ts';
import { formatTime } from '../../../crds/rules/time/time.ts';
import type { Authority } from '../control-plane/pki.ts';
import { aConfigMap } from './kube-objects.ts';

const day = 86_400_000;

/** A certificate for these names that is valid about that moment; `lasts` ends it earlier or later than a day after. */
export async function certificateAt(
  authority: Authority,
  names: readonly string[],
  { now, lasts = day }: { readonly now: number; readonly lasts?: number },
): Promise<string> {
  const dates = { notBefore: new Date(now - 2 * day), notAfter: new Date(now + lasts) };
  return (await authority.issueLoopbackServer(names, dates)).certificate;
}

/** The ConfigMap, last written at that moment. */
export function toldAt(now: number, entries: Readonly<Record<string, string>> = {}) {
  return aConfigMap('support-access-certificates', { ...entries, [checkedAtKey]: formatTime(now) });
}
