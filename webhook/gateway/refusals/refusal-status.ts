/** Which HTTP status does a refusal have? For people and programs alike; it decides nothing. */
import type { Reason } from '../../../crds/rules/reasons.ts';

const unavailable: readonly Reason[] = ['StateUnavailable', 'LockUnreadable'];
const forbidden: readonly Reason[] = ['NoRoute', 'ActionNotAllowed', 'AddressNotAllowed', 'AddressUnknown'];

/** 503 when nobody can know, 403 when this session may not do this, 401 when there is no access any more. */
export function statusOf(reason: string): number {
  if (unavailable.some((known) => known === reason)) return 503;
  return forbidden.some((known) => known === reason) ? 403 : 401;
}
