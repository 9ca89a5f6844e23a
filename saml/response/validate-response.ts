/**
 * Validates a SAML response. The steps stand in their order, and each may rely on those before it: scanner,
 * structure, signature shape, signature, profile. Nothing here knows browsers, cookies or the cluster.
 */
import type { X509Certificate } from 'node:crypto';
import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { ownCheck, type ToCheck } from '../signature/own-check.ts';
import { type SignatureShape, signatureShape } from '../signature/signature-shape.ts';
import { type SignedPart, type VerifiedBytes, verify } from '../signature/verify.ts';
import { childOf } from '../xml/lookup.ts';
import { scanXml } from '../xml/scanner.ts';
import { type Profile, readProfile } from './profile.ts';
import { type ResponseTree, responseTree } from './structure.ts';
import type { ValidationContext } from './validation-context.ts';

export interface ValidatedResponse {
  readonly profile: Profile;
  readonly responseId: string;
  readonly signature: SignatureShape;
  readonly fingerprint: string;
  readonly signed: SignedPart;
}

/** What the response says, all from verified bytes, or the first rule that it breaks. Work is bounded by the size limits. */
export function validateResponse(
  xml: string,
  certificates: readonly X509Certificate[],
  context: ValidationContext,
): SamlResult<ValidatedResponse> {
  const root = scanXml(xml);
  if (!root.ok) return root;

  const tree = responseTree(root.value);
  if (!tree.ok) return tree;

  const signatures = shapedSignatures(tree.value, context);
  if (!signatures.ok) return signatures;

  const verified = verifiedTwice(xml, signatures.value, certificates);
  if (!verified.ok) return verified;

  const profile = readProfile(verified.value.xml, tree.value, context);
  const { fingerprint, signed, shape: signature } = verified.value;
  if (!profile.ok) {
    const { signatureAlgorithm } = signature;
    return { ...profile, evidence: { ...profile.evidence, signatureAlgorithm, certificate: fingerprint } };
  }
  const { responseId } = tree.value;
  return valid({ profile: profile.value, responseId, signature, fingerprint, signed });
}

interface ShapedSignature extends ToCheck {
  readonly unless: 'saml.response_signature_invalid' | 'saml.assertion_signature_invalid';
}

/** Judges both signatures before either costs any cryptography; the assertion's own comes last, and is the one handed on. */
function shapedSignatures(
  { response, assertion }: ResponseTree,
  { demandsBoth }: ValidationContext,
): SamlResult<readonly ShapedSignature[]> {
  const found: ShapedSignature[] = [];
  for (const element of [response, assertion]) {
    const signature = childOf(element, 'ds:Signature');
    if (signature === undefined) continue;

    const shape = signatureShape(signature, element);
    if (!shape.ok) return shape;

    const unless =
      element === response ? 'saml.response_signature_invalid' : 'saml.assertion_signature_invalid';
    found.push({ element, signature, shape: shape.value, unless });
  }
  if (found.length === 0) return invalid('saml.assertion_unsigned');

  return demandsBoth && found.length < 2 ? invalid('saml.signature_missing') : valid(found);
}

type Verified = VerifiedBytes & { readonly shape: SignatureShape };

/**
 * By ourselves first, for the price of one walk, and then by the library. Both must have come to the same bytes: where two
 * readers differ, there is room for an attack.
 */
function verifiedTwice(
  xml: string,
  signatures: readonly ShapedSignature[],
  certificates: readonly X509Certificate[],
): SamlResult<Verified> {
  let own: (ShapedSignature & { readonly xml: string }) | undefined;
  for (const each of signatures) {
    const checked = ownCheck(each, certificates);
    if (checked === undefined) return unsigned(each, certificates);

    own = { ...each, xml: checked.xml };
  }
  const verified = verify(xml, certificates);
  if (!verified.ok) return verified;

  return own === undefined ? differ() : sameBytes(verified.value, own);
}

function sameBytes(
  verified: VerifiedBytes,
  { xml, shape }: ShapedSignature & { readonly xml: string },
): SamlResult<Verified> {
  return verified.xml === xml ? valid({ ...verified, shape }) : differ();
}

/** With which algorithm, and which certificates would have counted: after a rollover at the provider this is what is looked for. */
function unsigned({ unless, shape }: ShapedSignature, certificates: readonly X509Certificate[]): Invalid {
  return invalid(unless, undefined, {
    signatureAlgorithm: shape.signatureAlgorithm,
    pinned: certificates.map(({ fingerprint256 }) => fingerprint256.slice(0, 23)).join(', '),
  });
}

const differ = (): Invalid => invalid('saml.verified_bytes_differ');
