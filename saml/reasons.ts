/**
 * Which rules does a sign-in by SAML have to keep, and what does each one say? THE list. The code is stable and goes into
 * records; the sentence is the message of the record, for the customer's reviewer. A person who signs in reads neither.
 */
export const samlReasons = {
  'saml.body_not_a_form': 'The response must be posted as application/x-www-form-urlencoded',
  'saml.body_too_large': 'The posted body must not exceed 256 KiB',
  'saml.body_malformed': 'The posted form must be correctly percent-encoded and have few fields',
  'saml.body_field_repeated': 'SAMLResponse and RelayState must each be there once',
  'saml.response_missing': 'The form must carry a SAMLResponse',
  'saml.base64_malformed': 'SAMLResponse must be strict base64',
  'saml.response_too_large': 'The decoded SAMLResponse must not exceed 128 KiB',
  'saml.not_utf8': 'The decoded SAMLResponse must be valid UTF-8 without a byte order mark',

  'saml.request_state_missing':
    'The browser must be the one for which the request was made: its sealed cookie is not there',
  'saml.request_state_altered': 'The sealed cookie must be one that this installation made, unaltered',
  'saml.request_state_expired': 'The response must come within ten minutes of the request',
  'saml.relay_state_mismatch': 'RelayState must be the one that was sent with the request',

  'saml.xml_control_character': 'The document must not contain control characters or non-characters',
  'saml.xml_declaration': 'The document must not contain comments, CDATA sections or document types',
  'saml.xml_instruction': 'The document must not contain processing instructions',
  'saml.xml_entity':
    'Only the five predefined entities and numeric references of legal characters are allowed',
  'saml.xml_cdata_end': 'The document must not contain the sequence ]]>',
  'saml.xml_malformed': 'The document must be well-formed XML with one root',
  'saml.xml_too_deep': 'Elements must not be nested deeper than 30',
  'saml.xml_too_many_elements': 'The document must not have more than 2000 elements',
  'saml.xml_too_many_attributes': 'An element must not have more than 24 attributes',
  'saml.xml_attribute_repeated': 'An attribute must not be repeated, under any prefix',
  'saml.xml_prefix_undeclared': 'Every prefix must be declared',
  'saml.xml_namespace_forbidden':
    'Namespaces must be absolute; xml and xmlns must not be rebound, nothing may be unbound',
  'saml.xml_name_forbidden': 'Names must be plain ASCII and must not be names that runtimes treat specially',

  'saml.not_a_response': 'The root must be a SAML 2.0 Response',
  'saml.encrypted_unsupported': 'Encrypted assertions, names and attributes are not supported',
  'saml.element_not_allowed':
    'Elements that a sign-in goes by must stand in their places, and no others beside them',
  'saml.element_repeated': 'An element must not be there more often than a sign-in response needs it',
  'saml.element_missing': 'An element that the SAML schema requires is missing',
  'saml.attribute_not_allowed': 'Only responses, assertions and parts of signatures may have an ID',
  'saml.attribute_missing': 'An XML attribute that the SAML schema requires is missing',
  'saml.text_not_allowed': 'Text must be only where a sign-in response has text',
  'saml.id_malformed': 'IDs must be short and plain',
  'saml.id_repeated': 'IDs must be unique in the document',
  'saml.assertion_missing': 'There must be an assertion',
  'saml.assertion_repeated': 'There must be exactly one assertion',

  'saml.signature_part_not_allowed':
    'A signature must consist of SignedInfo, SignatureValue and KeyInfo, nothing else',
  'saml.canonicalization_not_allowed':
    'SignedInfo must be canonicalised by exclusive C14N without comments, no parameters',
  'saml.signature_algorithm_not_allowed': 'Signatures must be RSA or ECDSA with SHA-256, SHA-384 or SHA-512',
  'saml.digest_algorithm_not_allowed': 'Digests must be SHA-256, SHA-384 or SHA-512',
  'saml.reference_count': 'A signature must have exactly one reference',
  'saml.reference_not_parent': 'A signature must reference the element that contains it, by its ID',
  'saml.transforms_not_allowed':
    'The transforms must be exactly enveloped-signature and exclusive C14N without comments',
  'saml.signature_value_malformed': 'Digest and signature values must be base64 text',
  'saml.assertion_unsigned': 'The assertion must be signed, by itself or with the response around it',
  'saml.signature_missing':
    'The response and the assertion must each be signed, since the policy demands both',
  'saml.assertion_signature_invalid':
    "The assertion's signature must verify with a certificate pinned by the policy",
  'saml.response_signature_invalid':
    "The response's signature, if there is one, must verify with a certificate pinned by the policy",
  'saml.verified_bytes_differ': 'The signed bytes must be the assertion that was found in the document',

  'saml.response_version': 'The response must be SAML 2.0',
  'saml.status_not_success': 'The identity provider must report success',
  'saml.destination_mismatch': 'Destination must be the assertion consumer URL of the service provider',
  'saml.response_in_response_to_mismatch': 'The response must be to the request of this browser',
  'saml.response_issuer_mismatch': "The response's issuer must be the policy's identity provider",
  'saml.response_time': 'The response must have been issued after the request and not in the future',
  'saml.assertion_version': 'The assertion must be SAML 2.0',
  'saml.issuer_mismatch': "The assertion's issuer must be the policy's identity provider",
  'saml.issuer_format': 'An issuer must be an entity id, without qualifiers',
  'saml.assertion_time': 'The assertion must have been issued after the request and not in the future',
  'saml.subject_missing': 'The assertion must have a subject',
  'saml.nameid_missing': 'The subject must have a NameID',
  'saml.nameid_malformed':
    'NameID must be normalised text of 1 to 256 characters, without edge space or invisible characters',
  'saml.nameid_format': 'The format of NameID must be the one that the policy asks for, and never transient',
  'saml.nameid_qualifier': 'Qualifiers of NameID must name the identity provider and the service provider',
  'saml.confirmation_count': 'There must be a subject confirmation',
  'saml.confirmation_not_bearer': 'The subject confirmation must be bearer',
  'saml.confirmation_data_missing': 'The subject confirmation must have data',
  'saml.confirmation_not_before': 'The subject confirmation must not have NotBefore',
  'saml.confirmation_expiry_missing': 'The subject confirmation must have NotOnOrAfter',
  'saml.confirmation_expired': 'The subject confirmation must not have expired',
  'saml.recipient_mismatch': 'Recipient must be the assertion consumer URL of the service provider',
  'saml.in_response_to_missing': 'The response must name the request: unsolicited responses are not accepted',
  'saml.in_response_to_mismatch': 'The assertion must be for the request of this browser',
  'saml.conditions_missing': 'The assertion must have conditions',
  'saml.conditions_expiry_missing': 'The conditions must have NotOnOrAfter',
  'saml.not_yet_valid': 'The conditions must already hold',
  'saml.expired': 'The conditions must still hold',
  'saml.audience_missing': 'The conditions must restrict the audience',
  'saml.audience_mismatch': 'Every audience restriction must name the entity id of the service provider',
  'saml.authn_statement_missing': 'The assertion must have a statement of authentication',
  'saml.authn_instant_future': 'The authentication must not lie in the future',
  'saml.authn_not_fresh': 'The person must have signed in after the request, since the policy forces it',
  'saml.idp_session_over': "The identity provider's session must not be over",
  'saml.authn_context_not_allowed': "The way of authentication must be on the policy's list",
  'saml.time_malformed': 'Times must be UTC instants of the form 2026-12-01T08:00:00Z',
  'saml.attribute_repeated': 'An attribute that the policy maps must be there once',
  'saml.attribute_not_text': 'The values of an attribute that the policy maps must be text alone',
  'saml.attribute_too_large':
    'An attribute that the policy maps must have at most 32 values of 1024 characters',

  'saml.user_unknown': 'NameID must be that of a support user whom the grant names',
  'saml.user_ambiguous': 'NameID must be that of one support user only',
  'saml.attribute_mismatch': 'The mapped attributes must equal those on file',

  'saml.request_replayed': 'A request must have one response only',
  'saml.assertion_replayed': 'An assertion must be used once only',
  'saml.single_use_unknown': 'Whether the response was used before must be known: the API server did not say',
  'saml.state_unknown': 'Policy and support users must be readable at this moment',
  'saml.trust_missing': 'The policy must say which identity provider is trusted, completely',
  'saml.request_key_missing': 'Requests can be signed only once the installation has its key',
} as const;

export type SamlReason = keyof typeof samlReasons;

/** Whether a text is one of the codes. */
export function isSamlReason(text: string): text is SamlReason {
  return Object.hasOwn(samlReasons, text);
}
