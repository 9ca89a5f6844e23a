/**
 * Is this session one that a gateway of this installation made, and does the caller hold its secret? One opaque text in the
 * spec says both: the hash of the secret, sealed together with every other field and the object's place. A session made or
 * copied by hand is void even with all admission gone, and a reader of sessions learns nothing that could be tried out.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { canonicalize } from '../../../crds/audit/canonical.ts';
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { GatewayKeys } from './keys.ts';
import { openWithAny, sealText } from './sealed-text.ts';
import type { SessionProof } from './session-cookie.ts';

type Spec = SupportSession['spec'];
export type UnsealedSpec = Omit<Spec, 'proof'>;

/** The spec with its proof, for the session of this caller. */
export function sealedSpec(keys: GatewayKeys, caller: SessionProof, spec: UnsealedSpec): Spec {
  const purpose = purposeOf(caller.session, spec);
  return { ...spec, proof: sealText(keys.keyFor('session-proof'), purpose, hashOf(caller.secret)) };
}

/** Whether the object's proof is ours. */
export function sealIsValid(keys: GatewayKeys, session: SupportSession): boolean {
  return secretHashIn(keys, session) !== undefined;
}

/** Whether a genuine cookie and the object that it names belong together. */
export function secretMatches(keys: GatewayKeys, caller: SessionProof, session: SupportSession): boolean {
  const { spec, metadata } = session;
  const hash = secretHashIn(keys, session);
  return (
    hash !== undefined &&
    metadata.name === caller.session.name &&
    metadata.namespace === caller.session.namespace &&
    spec.grantRef.name === caller.grant &&
    equal(Buffer.from(hash), Buffer.from(hashOf(caller.secret)))
  );
}

function secretHashIn(keys: GatewayKeys, { metadata, spec }: SupportSession): string | undefined {
  const { proof, ...unsealed } = spec;
  // An object from before this field was known has none, and is none of ours any more.
  if (typeof proof !== 'string') return undefined;
  const place = { namespace: metadata.namespace ?? '', name: metadata.name };
  return openWithAny(keys.keysFor('session-proof'), purposeOf(place, unsealed), proof);
}

/** Canonical JSON of the whole spec: a field added later is covered by itself. */
function purposeOf({ namespace, name }: NamespacedName, spec: UnsealedSpec): string {
  return canonicalize(['session-proof', namespace, name, spec]);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
