/** Every window of time in a response: the instant before its edge, the edge, the instant after, with the skew. */
import { describe, expect, it } from 'vitest';
import { replacing, responseContent, type TextChange } from '../../../kit/objects/saml-response.ts';
import { resultReason, validated, validationContext } from '../../../kit/objects/validated-response.ts';

const skew = 60_000;
const { now, requestedAt } = validationContext;

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

interface Edge {
  readonly what: string;
  /** Puts the instant into the response. */
  readonly set: (at: string) => TextChange;
  /** The instant at which the result changes, and the results before, at and after it. */
  readonly edge: number;
  readonly verdicts: readonly [string, string, string];
}

const issued = instant(responseContent.issuedAt);
const secondIssued =
  (at: string): TextChange =>
  (xml) => {
    const place = xml.lastIndexOf(`IssueInstant="${issued}"`);
    return xml.slice(0, place) + xml.slice(place).replace(issued, at);
  };
const sessionEnd = (at: string) => replacing(/SessionNotOnOrAfter="[^"]*"/, `SessionNotOnOrAfter="${at}"`);
const authnInstant = (at: string) => replacing(/AuthnInstant="[^"]*"/, `AuthnInstant="${at}"`);

const edges: readonly Edge[] = [
  {
    what: 'NotOnOrAfter of the confirmation',
    set: (at) => replacing(/NotOnOrAfter="[^"]*" Recipient/, `NotOnOrAfter="${at}" Recipient`),
    edge: now - skew,
    verdicts: ['saml.confirmation_expired', 'saml.confirmation_expired', 'accepted'],
  },
  {
    what: 'NotOnOrAfter of the conditions',
    set: (at) => replacing(/NotOnOrAfter="[^"]*"><saml:Aud/, `NotOnOrAfter="${at}"><saml:Aud`),
    edge: now - skew,
    verdicts: ['saml.expired', 'saml.expired', 'accepted'],
  },
  {
    what: 'NotBefore of the conditions',
    set: (at) => replacing(/<saml:Conditions NotBefore="[^"]*"/, `<saml:Conditions NotBefore="${at}"`),
    edge: now + skew,
    verdicts: ['accepted', 'accepted', 'saml.not_yet_valid'],
  },
  {
    what: 'the end of the session at the provider',
    set: sessionEnd,
    edge: now - skew,
    verdicts: ['saml.idp_session_over', 'saml.idp_session_over', 'accepted'],
  },
  {
    what: 'a sign-in in the future',
    set: authnInstant,
    edge: now + skew,
    verdicts: ['accepted', 'accepted', 'saml.authn_instant_future'],
  },
  {
    what: 'a sign-in before the request',
    set: authnInstant,
    edge: requestedAt - skew,
    verdicts: ['saml.authn_not_fresh', 'accepted', 'accepted'],
  },
  {
    what: 'a response from the future',
    set: (at) => replacing(issued, at),
    edge: now + skew,
    verdicts: ['accepted', 'accepted', 'saml.response_time'],
  },
  {
    what: 'a response from before the request',
    set: (at) => replacing(issued, at),
    edge: requestedAt - skew,
    verdicts: ['saml.response_time', 'accepted', 'accepted'],
  },
  {
    what: 'an assertion from the future',
    set: secondIssued,
    edge: now + skew,
    verdicts: ['accepted', 'accepted', 'saml.assertion_time'],
  },
  {
    what: 'an assertion from before the request',
    set: secondIssued,
    edge: requestedAt - skew,
    verdicts: ['saml.assertion_time', 'accepted', 'accepted'],
  },
];

describe('the windows of a response', () => {
  it.each(edges)(
    '$what: the instant before the edge, the edge, the instant after',
    ({ set, edge, verdicts }) => {
      const seen = [edge - 1, edge, edge + 1].map((at) =>
        resultReason(validated({ before: [set(instant(at))] })),
      );
      expect(seen).toEqual(verdicts);
    },
  );

  it('do not ask when the person signed in where the policy does not force it', () => {
    const old = authnInstant('2026-12-01T01:00:00Z');
    expect(resultReason(validated({ before: [old] }, { forceAuthn: false }))).toBe('accepted');
  });

  it('remember the use until no clock would accept the response any more', () => {
    const outcome = validated();
    expect(outcome.ok && outcome.value.profile.usableUntil).toBe(responseContent.issuedAt + 298_000 + skew);
  });
});
