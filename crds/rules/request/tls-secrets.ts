/**
 * What the gateway tells of the TLS Secrets that the policy names: an entry each in a ConfigMap, with the Secret's public
 * certificate or why there is none. So the operator can judge hosts, and needs no right to read a private key.
 */
import { X509Certificate } from 'node:crypto';
import { parseTime } from '../time/time.ts';

/** What may be wrong with a Secret, as it is told, and in words with the way out. */
export const secretFlaws = {
  Forbidden: "the gateway may not read it; add its name to the chart's value gateway.tlsSecretNames",
  Missing: 'it does not exist in the release namespace; make it, of type kubernetes.io/tls',
  NoCertificate:
    'its tls.crt does not begin with a certificate that can be read; put the certificate there as PEM',
  NoKey: 'its tls.key is no private key that can be read; put the key there as PEM, without a passphrase',
  KeyDiffers:
    'its tls.key is not the key of the first certificate in its tls.crt; put both there from one issue',
  Unusable:
    'TLS refuses its certificate or key, as too weak or too large; have a certificate with a stronger key issued',
} as const;

export type SecretFlaw = keyof typeof secretFlaws;

/** What is known of a Secret's certificate. `Untold`: no gateway has said anything yet that can be read. */
export type TlsSecret =
  | { readonly state: 'Usable'; readonly certificate: X509Certificate }
  | { readonly state: SecretFlaw | 'Untold' };

/**
 * When a gateway last looked at the Secrets. Beside their entries, since those alone look the same when every gateway has
 * died. No Secret can have this name: theirs are in lower case.
 */
export const checkedAtKey = 'CheckedAt';

/** How often it is written, and after how long without it no gateway counts as alive. */
export const checkedEveryMs = 30_000;
export const silentAfterMs = 120_000;

/** A certificate that is longer as PEM is refused: so 20 entries stay below the 1 MiB of a ConfigMap. */
export const longestCertificate = 40_000;

/** The entry of a Secret, as the gateway writes it. */
export function entryOf(secret: { readonly certificate: X509Certificate } | SecretFlaw): string {
  return typeof secret === 'string' ? secret : secret.certificate.toString();
}

/** What an entry says. It never throws: who may write the ConfigMap must not be able to stop the operator. */
export function readEntry(entry: string | undefined): TlsSecret {
  if (entry === undefined || entry.length > longestCertificate) return { state: 'Untold' };
  if (isFlaw(entry)) return { state: entry };

  try {
    return { state: 'Usable', certificate: new X509Certificate(entry) };
  } catch {
    return { state: 'Untold' };
  }
}

function isFlaw(entry: string): entry is SecretFlaw {
  return Object.hasOwn(secretFlaws, entry);
}

/** When a gateway last said that it looked, in epoch milliseconds; undefined where it is too long ago, or not yet. */
export function checkedAt(told: Readonly<Record<string, string>>, now: number): number | undefined {
  const at = parseTime(told[checkedAtKey]);
  return at !== undefined && Math.abs(now - at) <= silentAfterMs ? at : undefined;
}

type Told = Readonly<Record<string, string>> | undefined;

/**
 * Whether more was told than that a gateway looked again: another entry, or the first word after a silence. Without this
 * every look of a gateway would have all applications judged anew.
 */
export function tellsNews(before: Told, after: Told): boolean {
  if (before === undefined || after === undefined) return before !== after;
  const keys = Object.keys({ ...before, ...after }).filter((key) => key !== checkedAtKey);
  if (keys.some((key) => before[key] !== after[key])) return true;
  const [then, now] = [parseTime(before[checkedAtKey]), parseTime(after[checkedAtKey])];
  return then === undefined || now === undefined || Math.abs(now - then) > silentAfterMs / 2;
}
