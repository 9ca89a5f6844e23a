/**
 * Validates a SAML response. The steps stand in their order, and each may rely on those before it: scanner,
 * structure, signature shape, signature, profile. Nothing here knows browsers, cookies or the cluster.
 */
import type { X509Certificate } from 'node:crypto';
import { invalid, type SamlResult, valid } from '../result.ts';
import { type SignatureShape, signatureShape } from '../signature/signature-shape.ts';
import { verify } from '../signature/verify.ts';
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
  /** Whether the response around the assertion was signed too. */
  readonly responseSigned: boolean;
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

  const signature = signatureShapes(tree.value);
  if (!signature.ok) return signature;

  const verified = verify(xml, certificates);
  if (!verified.ok) return verified;

  const profile = readProfile(verified.value.xml, tree.value, context);
  if (!profile.ok) return profile;

  return valid({
    profile: profile.value,
    responseId: tree.value.responseId,
    signature: signature.value,
    fingerprint: verified.value.fingerprint,
    responseSigned: verified.value.responseSigned,
  });
}

/** Judges both signatures before either costs any cryptography; the assertion's is the one that is handed on. */
function signatureShapes({ response, assertion }: ResponseTree): SamlResult<SignatureShape> {
  const ofResponse = childOf(response, 'ds:Signature');
  const responseShape = ofResponse && signatureShape(ofResponse, response);
  if (responseShape?.ok === false) return responseShape;

  const own = childOf(assertion, 'ds:Signature');
  return own === undefined ? invalid('saml.assertion_unsigned') : signatureShape(own, assertion);
}
