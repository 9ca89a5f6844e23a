/** Which HTTP status does a refusal have? For people and programs alike; it decides nothing. */
import type { Reason } from '../../crds/rules/reasons.ts';

const unavailable: readonly Reason[] = ['StateUnavailable', 'LockUnreadable'];
const forbidden: readonly Reason[] = ['NoRoute', 'ActionNotAllowed', 'AddressNotAllowed', 'AddressUnknown'];

/** 503 when nobody can know, 403 when this session may not do this, 401 when there is no access any more. */
export function statusOf(reason: Reason): number {
  if (unavailable.includes(reason)) return 503;
  return forbidden.includes(reason) ? 403 : 401;
}
