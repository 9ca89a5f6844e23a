/** Ada's session: signed in at eleven on the first of December 2026, last seen ten minutes before noon. */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import { type Modifier, metadataOf, modified, uidOf, withSpec } from './object.ts';
import { openingFor } from './opening.ts';

type Change = Modifier<SupportSession>;

export function aSession(...modifiers: readonly Change[]): SupportSession {
  const session: SupportSession = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportSession',
    metadata: metadataOf('SupportSession', 'ada-1', 'ecase'),
    spec: {
      userRef: { name: 'ada', uid: uidOf('SupportUser', 'ada') },
      grantRef: { name: 'case-4711', uid: uidOf('SupportAccessGrant', 'case-4711', 'ecase') },
      opening: openingFor(uidOf('SupportAccessGrant', 'case-4711', 'ecase'), uidOf('SupportUser', 'ada')),
      handle: '5f1c9a7be2d04c11',
      nameID: 'ada@vendor.example',
      boundAddress: '203.0.113.7',
      signInTime: '2026-12-01T11:00:00Z',
      absoluteExpirationTime: '2026-12-01T19:00:00Z',
      idleExpirationTime: '2026-12-01T11:30:00Z',
      proof: 'nM2yq0dK1mZ8bN5vTq3Jx0dK1mZ8bN5vTq3Jx0dK1mZ',
    },
    status: { lastActivityTime: '2026-12-01T11:50:00Z', idleExpirationTime: '2026-12-01T12:20:00Z' },
  };
  return modified(session, modifiers);
}

export const signedInAt = (signInTime: string): Change => withSpec({ signInTime });
export const endingAt = (absoluteExpirationTime: string): Change => withSpec({ absoluteExpirationTime });
export const boundTo = (boundAddress: string): Change => withSpec({ boundAddress });
export const lastSeenAt =
  (lastActivityTime: string): Change =>
  (session) => ({ ...session, status: { lastActivityTime, ...restingFrom(Date.parse(lastActivityTime)) } });
export const neverSeen =
  (): Change =>
  ({ status: _seen, ...session }) =>
    session;

/** Half an hour, as the policy of the tests allows. */
const restingFrom = (moment: number) =>
  Number.isNaN(moment) ? {} : { idleExpirationTime: new Date(moment + 1_800_000).toISOString() };
