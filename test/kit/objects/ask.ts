/** An ask that is allowed: at noon, from a listed address, Ada runs a scheduled job. Tests take things away from it. */
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { parseAddress } from '../../../crds/rules/address/address.ts';
import type { Ask, EntryPoint } from '../../../crds/rules/ask.ts';
import { lockNamesFor } from '../../../crds/rules/locks.ts';
import type { KubernetesWrite } from '../../../crds/rules/matrix/kubernetes-writes.ts';
import { matrixInForce } from '../../../crds/rules/matrix/matrix.ts';
import type { KubeRequest } from '../../../crds/rules/request/kube-request.ts';
import { parseTime } from '../../../crds/rules/time/time.ts';
import { anApplication } from './application.ts';
import { aGrant, opened } from './grant.ts';
import { aMatrix } from './matrix.ts';
import { type Modifier, modified, uidOf } from './object.ts';
import { aPolicy } from './policy.ts';
import { thisInstallation } from './release.ts';
import { reading } from './service.ts';
import { aSession } from './session.ts';
import { aUser } from './user.ts';

/** Noon on the first of December 2026. */
export const noon = instant('2026-12-01T12:00:00Z');

export function anAsk(...modifiers: readonly Modifier<Ask>[]): Ask {
  return modified(askOn('application'), modifiers);
}

/** An allowed ask of an entry point, with exactly what is known there. */
export function askOn(entryPoint: EntryPoint): Ask {
  const identified = entryPoint !== 'anonymous' && entryPoint !== 'opening';
  const signedIn = ['session', 'application', 'kube-api'].includes(entryPoint);
  const hasRules = ['kubernetes', 'kube-api'].includes(entryPoint);
  const hasClient = !['opening', 'person', 'kubernetes'].includes(entryPoint);
  return {
    entryPoint,
    now: noon,
    locks: noLocks(),
    installation: thisInstallation,
    policy: aPolicy(),
    grant: aGrant(opened()),
    application: anApplication(),
    backend: reading(),
    matrix: { ...matrixInForce(aMatrix()), ...(hasRules && { rules: itsRules }) },
    ...(hasClient && { address: parseAddress('203.0.113.7') }),
    ...(entryPoint === 'opening' && { people: [aUser()] }),
    ...(identified && { user: aUser() }),
    ...(signedIn && { session: { object: aSession(), sealValid: true, secretMatches: true } }),
    ...(entryPoint === 'application' && {
      target: { module: 'Scheduled Jobs', action: 'Run' },
      host: itsHost(),
    }),
    ...(hasRules && atTheApiServer(entryPoint)),
  };
}

function atTheApiServer(entryPoint: EntryPoint): Partial<Ask> {
  return entryPoint === 'kube-api' ? { kubeRequest: aKubeRequest() } : { write: aWrite() };
}

/** What the matrix gives at the API server. */
const itsRules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'update'] }];

/** Ada creates a ConfigMap in the grant's namespace, which is marked as hers. */
export function aWrite(change: Partial<KubernetesWrite> = {}): KubernetesWrite {
  return {
    operation: 'CREATE',
    group: '',
    resource: 'configmaps',
    namespace: 'ecase',
    name: 'a-note',
    owner: { after: { uid: uidOf('SupportUser', 'ada'), name: 'ada' } },
    ...change,
  };
}

/** Ada reads a ConfigMap in the grant's namespace. */
export function aKubeRequest(change: Partial<KubeRequest> = {}): KubeRequest {
  return {
    isResource: true,
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'configmaps',
    subresource: '',
    namespace: 'ecase',
    name: 'a-note',
    path: '/api/v1/namespaces/ecase/configmaps/a-note',
    ...change,
  };
}

/** The host of the application, as the gateway serves it. */
export function itsHost(): NonNullable<Ask['host']> {
  const { spec, metadata } = anApplication();
  return { host: spec.host, application: { namespace: metadata.namespace ?? '', name: metadata.name } };
}

/** Every lock that could stop Ada under her grant, read and absent. */
export function noLocks(): Map<string, 'absent' | 'present'> {
  const names = lockNamesFor({
    namespace: 'ecase',
    grantUid: uidOf('SupportAccessGrant', 'case-4711', 'ecase'),
    userUid: uidOf('SupportUser', 'ada'),
  });
  return new Map(names.map((name) => [name, 'absent']));
}

/** Replaces parts of the ask. */
export const where =
  (change: Partial<Ask>): Modifier<Ask> =>
  (ask) => ({ ...ask, ...change });

/** The grant as opened, then changed: the status stays that of before the change. */
export const withGrant = (...changes: readonly Modifier<SupportAccessGrant>[]): Modifier<Ask> =>
  where({ grant: aGrant(opened(), ...changes) });

export const withPolicy = (...changes: readonly Modifier<SupportAccessPolicy>[]): Modifier<Ask> =>
  where({ policy: aPolicy(...changes) });

export const withUser = (...changes: readonly Modifier<SupportUser>[]): Modifier<Ask> =>
  where({ user: aUser(...changes) });

/** A session that is this gateway's, and whose secret the caller holds. */
export const withSession = (...changes: readonly Modifier<SupportSession>[]): Modifier<Ask> =>
  where({ session: { object: aSession(...changes), sealValid: true, secretMatches: true } });

/** Another matrix than the one that was consented to. */
export const withMatrix = (...changes: readonly Modifier<SupportPermissionMatrix>[]): Modifier<Ask> =>
  where({ matrix: matrixInForce(aMatrix(...changes)) });

/** Another matrix, and consent to exactly that one. */
export function consentingTo(...changes: readonly Modifier<SupportPermissionMatrix>[]): Modifier<Ask> {
  const matrix = aMatrix(...changes);
  return where({ matrix: matrixInForce(matrix), grant: aGrant(opened({ matrix })) });
}

/** Asks at another time. */
export const at = (time: string): Modifier<Ask> => where({ now: instant(time) });

/** Asks from another address. */
export const fromAddress = (address: string): Modifier<Ask> => where({ address: parseAddress(address) });

/** With the lock of this name in place. */
export const lockedBy =
  (name: string): Modifier<Ask> =>
  (ask) => ({ ...ask, locks: new Map([...ask.locks, [name, 'present' as const]]) });

/** Epoch milliseconds of a time that a test writes; throws on one that cannot be read. */
export function instant(time: string): number {
  const parsed = parseTime(time);
  if (parsed === undefined) throw new TypeError(`${time} is not an RFC 3339 time`);
  return parsed;
}
