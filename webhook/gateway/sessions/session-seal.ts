/**
 * Is this session one that a gateway of this installation made? The seal is an HMAC over every field of the spec and
 * the object's place, so that a session made or copied by hand is void even with all admission gone.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalize } from '../../../crds/audit/canonical.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { GatewayKeys } from './keys.ts';
import type { SessionProof } from './session-cookie.ts';
import { sessionSecret } from './session-cookie.ts';

type Spec = SupportSession['spec'];
export type UnsealedSpec = Omit<Spec, 'seal'>;

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** The seal of a spec at its place. Canonical JSON of the whole spec: a field added later is covered by itself. */
export function sealOf(keys: GatewayKeys, place: Place, spec: UnsealedSpec): string {
  const subject = canonicalize(['session-seal', place.namespace, place.name, spec]);
  return createHmac('sha256', keys.keyFor('session-seal')).update(subject).digest('base64url');
}

/** Whether the object's seal is ours. */
export function sealIsValid(keys: GatewayKeys, session: SupportSession): boolean {
  const { seal, ...spec } = session.spec;
  const place = { namespace: session.metadata.namespace ?? '', name: session.metadata.name };
  return equal(Buffer.from(seal), Buffer.from(sealOf(keys, place, spec)));
}

/** SHA-256 of a session's secret, lower-case hexadecimal. */
export function secretHashOf(keys: GatewayKeys, proof: SessionProof): string {
  return createHash('sha256').update(sessionSecret(keys, proof)).digest('hex');
}

/** Whether a genuine cookie and the object that it names belong together. */
export function secretMatches(keys: GatewayKeys, proof: SessionProof, session: SupportSession): boolean {
  const { spec, metadata } = session;
  return (
    metadata.name === proof.session.name &&
    metadata.namespace === proof.session.namespace &&
    spec.grantRef.name === proof.grant &&
    spec.nonce === proof.nonce &&
    equal(Buffer.from(spec.secretHash), Buffer.from(secretHashOf(keys, proof)))
  );
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
