/** Which certificate does a host get, and will a browser take it? The gateway serves by this choice, the operator reports it. */
import type { X509Certificate } from 'node:crypto';
import type { SupportAccessPolicy } from '../../generated/support-access-policy.ts';
import { installed, programs } from '../../names.ts';
import { printable } from '../problem.ts';
import type { Reason } from '../reasons.ts';
import { formatTime } from '../time/time.ts';
import {
  checkedAt,
  checkedAtKey,
  readEntry,
  secretFlaws,
  silentAfterMs,
  type TlsSecret,
} from './tls-secrets.ts';

type Dates = Pick<X509Certificate, 'validFromDate' | 'validToDate'>;
type Choosable = Dates & Pick<X509Certificate, 'checkHost'>;

/** As browsers match: by the names of the extension alone, and a wildcard stands for one whole label. */
const asBrowsers = { subject: 'never', partialWildcards: false } as const;

/** The first in the policy's order that is for the host and valid now; where none is valid, the first that is for it. */
export function certificateFor<T extends { readonly certificate: Choosable }>(
  host: string,
  pairs: readonly T[],
  now: number,
): T | undefined {
  const fitting = pairs.filter(({ certificate }) => certificate.checkHost(host, asBrowsers) !== undefined);
  return fitting.find(({ certificate }) => dateFlaw(certificate, now) === undefined) ?? fitting[0];
}

function dateFlaw({ validFromDate, validToDate }: Dates, now: number): Objection | undefined {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  if (now >= to)
    return { reason: 'CertificateExpired', message: `expired at ${formatTime(to)}; renew the certificate` };

  const early = `is valid only from ${formatTime(from)}; issue one that is valid now`;
  return now < from ? { reason: 'NoCertificate', message: early } : undefined;
}

interface Objection {
  readonly reason: Reason;
  readonly message: string;
}

/** What gateways told, and what the policy asks for. */
export interface CertificateWorld {
  readonly gateway: SupportAccessPolicy['spec']['gateway'];
  /** Content of the ConfigMap; undefined where it is missing. */
  readonly told: Readonly<Record<string, string>> | undefined;
}

interface NamedSecret {
  readonly name: string;
  readonly secret: TlsSecret;
}

/** Why a host has no certificate that a browser takes, with the way out; undefined when it has one. */
export function certificateObjection(
  host: string,
  world: CertificateWorld,
  now: number,
): Objection | undefined {
  const silence = silenceOf(world, now);
  if (silence !== undefined) return silence;

  const secrets = secretsOf(world);
  const chosen = certificateFor(host, secrets.flatMap(usable), now);
  const dates = chosen && dateFlaw(chosen.certificate, now);
  const main =
    chosen === undefined ? noneObjection(host, secrets) : dates && aboutDates(host, chosen.name, dates);
  if (main === undefined) return undefined;
  const flaws = secrets.flatMap(({ name, secret }) => flawOf(name, secret)?.message ?? []);
  return { reason: main.reason, message: [main.message, ...flaws, ...main.others].join('. ') };
}

/** The first sentence, with what follows the flaws of the Secrets. */
interface MainObjection extends Objection {
  readonly others: readonly string[];
}

function aboutDates(host: string, name: string, { reason, message }: Objection): MainObjection {
  return { reason, message: `The certificate for ${host} in Secret ${name} ${message}`, others: [] };
}

function noneObjection(host: string, secrets: readonly NamedSecret[]): MainObjection {
  const none = `There is no certificate for ${host}`;
  if (secrets.length === 0) {
    const message = `${none}: the policy names no Secret in spec.gateway.tlsSecretRefs`;
    return { reason: 'NoCertificate', message, others: [] };
  }
  const others = secrets
    .flatMap(usable)
    .map(({ name, certificate }) => `Secret ${name} is for ${namesIn(certificate)}`);
  const [broken] = secrets.flatMap(({ name, secret }) => flawOf(name, secret) ?? []);
  if (broken !== undefined) return { reason: broken.reason, message: none, others };
  const wildcard = `*.${host.split('.').slice(1).join('.')}`;
  return { reason: 'NoCertificate', message: `${none}; issue one that names ${host} or ${wildcard}`, others };
}

/** What is wrong with a Secret that the policy names, whether or not a host depends on it. */
export function secretObjection(world: CertificateWorld, now: number): Objection | undefined {
  const found = secretsOf(world).flatMap(({ name, secret }) => {
    const dates = secret.state === 'Usable' ? dateFlaw(secret.certificate, now) : undefined;
    const flaw = dates && { ...dates, message: `The certificate in Secret ${name} ${dates.message}` };
    return flaw ?? flawOf(name, secret) ?? [];
  });
  const [first] = found;
  return first && { reason: first.reason, message: found.map(({ message }) => message).join('. ') };
}

/** So long before its end a certificate is warned of, milliseconds: what renews it by itself has done so by then. */
export const warnedBeforeMs = 14 * 86_400_000;

/** What is said of certificates that end soon: of the one that this host gets, or of each that the policy names. */
export function certificateWarning(world: CertificateWorld, now: number, host?: string): string | undefined {
  const all = secretsOf(world).flatMap(usable);
  const concerned = host === undefined ? all : [certificateFor(host, all, now) ?? []].flat();
  const ending = concerned.flatMap(({ name, certificate }) => {
    const end = certificate.validToDate.getTime();
    const isSoon = now >= end - warnedBeforeMs && now < end;
    return isSoon ? [`The certificate in Secret ${name} ends at ${formatTime(end)}; renew it`] : [];
  });
  return ending.length === 0 ? undefined : ending.join('. ');
}

/** When the next certificate begins or ends to be valid, or is warned of, or silence counts: then all of this is judged again. */
export function nextCertificateChange(world: CertificateWorld, now: number): number | undefined {
  const seen = checkedAt(world.told ?? {}, now);
  if (seen === undefined) return undefined; // until a gateway speaks, which is a change of its own
  const dates = secretsOf(world)
    .flatMap(usable)
    .flatMap(({ certificate: { validFromDate, validToDate } }) => {
      const end = validToDate.getTime();
      return [validFromDate.getTime(), end - warnedBeforeMs, end];
    });
  return Math.min(seen + silentAfterMs + 1, ...dates.filter((at) => at > now));
}

function secretsOf({ gateway, told }: CertificateWorld): NamedSecret[] {
  return (gateway.tlsSecretRefs ?? []).map(({ name }) => ({ name, secret: readEntry(told?.[name]) }));
}

function usable({ name, secret }: NamedSecret): { name: string; certificate: X509Certificate }[] {
  return secret.state === 'Usable' ? [{ name, certificate: secret.certificate }] : [];
}

function flawOf(name: string, { state }: TlsSecret): Objection | undefined {
  if (state === 'Usable') return undefined;
  if (state === 'Untold') {
    return {
      reason: 'GatewaySilent',
      message: `No gateway has told yet what Secret ${name} holds; see that the pods of Deployment ${programs.gateway} run`,
    };
  }

  return { reason: 'CertificateUnreadable', message: `Secret ${name}: ${secretFlaws[state]}` };
}

/** What gateways told counts while one of them goes on telling: entries of the dead would look the same. */
function silenceOf({ told }: CertificateWorld, now: number): Objection | undefined {
  if (told === undefined) {
    const missing = `ConfigMap ${installed.certificates} is missing; run helm upgrade to make it again`;
    return { reason: 'ApplyFailed', message: missing };
  }

  if (checkedAt(told, now) !== undefined) return undefined;
  const since = told[checkedAtKey];
  const when = since === undefined ? 'has told yet' : `has told since ${printable(since)}`;
  const message = `No gateway ${when} which certificates it has; see that the pods of Deployment ${programs.gateway} run`;
  return { reason: 'GatewaySilent', message };
}

const mostNames = 5;

function namesIn({ subjectAltName = '' }: X509Certificate): string {
  const names = subjectAltName
    .split(', ')
    .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  if (names.length === 0) return 'no host: it has no DNS name as subject alternative name';
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${names
    .slice(0, mostNames)
    .map((name) => printable(name))
    .join(', ')}${more}`;
}
