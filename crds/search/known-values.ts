/** Reads values that are from a closed list; of what is on none, the nearest is told. Pure. */
import { events, isEventType } from '../audit/events.ts';
import { nearestName } from '../nearest.ts';
import { reasons } from '../rules/reasons.ts';
import type { WantedValue } from './filter.ts';

/** How an outcome ended that is no refusal: of the gateway, and of what a crash left open. */
const outcomeReasons = ['ClientGone', 'NotMaskable', 'recovered', 'InstanceLost', 'SentAgain'];
const knownReasons = [...Object.keys(reasons), ...outcomeReasons];
const samlReason = /^saml\.[a-z0-9_]+$/;

/** `app.request`, or its code `SAP01I`. */
export function readType(text: string): WantedValue {
  if (isEventType(text)) return { wanted: text };
  const byCode = Object.entries(events).find(([, { code }]) => code === text.toUpperCase());
  if (byCode !== undefined) return { wanted: byCode[0] };
  return notOnTheList('a type of records or its code', {
    text,
    known: Object.keys(events),
    else: 'app.request',
  });
}

/** `ActionNotPermitted`, in any letter case, or the code of a SAML rule. */
export function readReason(text: string): WantedValue {
  const small = text.toLowerCase();
  if (samlReason.test(small)) return { wanted: small };
  const found = knownReasons.find((each) => each.toLowerCase() === small);
  if (found !== undefined) return { wanted: found };
  const rule = 'a reason of the product, or a code such as saml.attribute_mismatch';
  return notOnTheList(rule, { text, known: knownReasons, else: 'ActionNotPermitted' });
}

const decisions = { allowed: 'allow', allow: 'allow', refused: 'deny', deny: 'deny' } as const;

/** `allowed` or `refused`, as people say it, or the word that stands in the record. */
export function readDecision(text: string): WantedValue {
  const small = text.toLowerCase();
  if (Object.hasOwn(decisions, small)) return { wanted: decisions[small as keyof typeof decisions] };
  return notOnTheList('allowed or refused', { text, known: ['allowed', 'refused'], else: 'refused' });
}

interface Unknown {
  readonly text: string;
  readonly known: readonly string[];
  readonly else: string;
}

function notOnTheList(what: string, { text, known, else: example }: Unknown): WantedValue {
  const near = nearestName(text, known);
  const fix = near === undefined ? `write for example ${example}` : `did you mean ${near}?`;
  return { rule: `must be ${what}`, fix };
}
