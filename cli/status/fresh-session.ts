/** The session that a gateway would make of a sign-in at a moment: by it a request would be judged. None is ever written. Pure. */
import { defaults } from '../../crds/defaults.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import type { SupportSession } from '../../crds/generated/support-session.ts';
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { type Address, formatAddress } from '../../crds/rules/address/address.ts';
import { formatTime } from '../../crds/rules/time/time.ts';

interface SigningIn {
  readonly grant: SupportAccessGrant;
  readonly user: SupportUser;
  readonly policy: SupportAccessPolicy | undefined;
}

/** Its secrets are empty: there is no cookie to compare with. */
export function freshSession(
  { grant, user, policy }: SigningIn,
  { address, now }: { readonly address: Address; readonly now: number },
): SupportSession {
  const { idleSeconds = defaults.idleSeconds, absoluteSeconds = defaults.absoluteSeconds } =
    policy?.spec.session ?? {};
  return {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportSession',
    metadata: {
      name: 'not-made',
      namespace: grant.metadata.namespace ?? '',
      uid: 'not-made',
      resourceVersion: '',
      creationTimestamp: formatTime(now),
    },
    spec: {
      userRef: { name: user.metadata.name, uid: user.metadata.uid },
      grantRef: { name: grant.metadata.name, uid: grant.metadata.uid },
      ...openingFor(grant, user),
      handle: 'not-made',
      nameID: user.spec.nameID,
      boundAddress: formatAddress(address),
      signInTime: formatTime(now),
      idleExpirationTime: formatTime(now + idleSeconds * 1000),
      absoluteExpirationTime: formatTime(now + absoluteSeconds * 1000),
      proof: '',
    },
  };
}

function openingFor(
  { status }: SupportAccessGrant,
  user: SupportUser,
): Pick<SupportSession['spec'], 'opening'> {
  const opening = status?.opening;
  const entered = opening?.people.find(({ uid }) => uid === user.metadata.uid);
  if (opening === undefined || entered === undefined) return {};
  return { opening: { id: opening.id, personId: entered.id } };
}
