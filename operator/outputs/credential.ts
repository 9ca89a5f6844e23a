/**
 * When a person's account needs a token, and for how long. Deleting the Secret that a token is bound to ends the token;
 * none is asked for in a grant's last ten minutes, because 600 s is the shortest that an API server gives.
 */
import { parseTime } from '../../crds/rules/time/time.ts';
import type { ObjectMeta } from '../../kube/objects.ts';
import { apiVersionOf, Secrets } from '../../kube/resources.ts';
import { account } from './account.ts';
import {
  credentialExpirationAnnotation,
  credentialRenewalAnnotation,
  credentialUidAnnotation,
  outputLabel,
} from './marks.ts';
import type { GrantOutput } from './output.ts';

const shortestSeconds = 600;
const longestSeconds = 3600;
const renewedAfterShare = 0.8;

/** Whether an account needs a token now, and when to ask again (epoch milliseconds; undefined: not before the end). */
export interface CredentialNeed {
  readonly due: boolean;
  readonly lookAgainAt?: number;
}

/** `until` is the grant's end. An unreadable date counts as missing: one token too many expires soon, but none would keep people out. */
export function credentialNeed(metadata: ObjectMeta | undefined, until: number, now: number): CredentialNeed {
  const annotations = metadata?.annotations ?? {};
  const expires = parseTime(annotations[credentialExpirationAnnotation]);
  const renews = parseTime(annotations[credentialRenewalAnnotation]);
  if (annotations[credentialUidAnnotation] === undefined || expires === undefined || renews === undefined)
    return { due: true };

  if (expires >= until || until - now <= shortestSeconds * 1000) return { due: false };
  return now >= renews ? { due: true } : { due: false, lookAgainAt: renews };
}

/** Seconds to ask for: at most an hour, and no longer past the grant's end than the API server forces. */
export function lifetimeSeconds(until: number, now: number): number {
  const left = Math.ceil((until - now) / 1000);
  return Math.max(shortestSeconds, Math.min(longestSeconds, left));
}

/** When a token that lives from `now` to `expires` is renewed. */
export function renewalTime(now: number, expires: number): number {
  return now + Math.floor((expires - now) * renewedAfterShare);
}

/** Secrets still without owner and token: the account's UID and the token exist only once the API server made them. */
export const credential: GrantOutput = {
  scope: 'grant',
  name: 'credential',
  kinds: [Secrets],
  desired(open) {
    return account.desired(open).map(({ object }) => ({
      output: 'credential',
      resource: Secrets,
      object: {
        apiVersion: apiVersionOf(Secrets),
        kind: Secrets.kind,
        metadata: {
          name: object.metadata.name,
          namespace: object.metadata.namespace,
          labels: { ...object.metadata.labels, [outputLabel]: 'credential' },
          ...(object.metadata.annotations === undefined ? {} : { annotations: object.metadata.annotations }),
        },
        type: 'Opaque',
      },
    }));
  },
};
