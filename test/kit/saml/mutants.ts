/**
 * Mutants of genuine SAML responses, the same for the same seed: what an attacker who caught one can make of it without a key. Each
 * is judged by the one promise: it lets in no one but the person whom the provider named, and breaks nothing.
 */
import { validateResponse } from '../../../saml/response/validate-response.ts';
import { randomFrom } from '../../../tools/mutation/draw.ts';
import { aSamlResponse, responseContent } from '../objects/saml-response.ts';
import { foreignKey, pinnedKey, validationContext } from '../objects/validated-response.ts';

/** What a mutant did that it must not; undefined where it kept the promise. */
export interface BrokenPromise {
  readonly seed: number;
  readonly mutant: string;
  readonly why: string;
}

const shapes = ['keycloak', 'simplesamlphp'] as const;
const signs = ['assertion', 'response', 'both'] as const;
const genuine = shapes.flatMap((shape) =>
  signs.map((sign) => aSamlResponse({ key: pinnedKey, shape, sign })),
);
/** Of another person at the same provider, of another provider, and without any signature: what parts can be taken from. */
const donors = [
  ...signs.map((sign) =>
    aSamlResponse({
      key: pinnedKey,
      sign,
      facts: { nameID: 'eve@vendor.example', requestId: '_other', assertionId: 'ID_eve' },
    }),
  ),
  aSamlResponse({ key: foreignKey, sign: 'both', facts: { nameID: 'eve@vendor.example' } }),
  aSamlResponse({ key: pinnedKey, sign: 'none', facts: { nameID: 'eve@vendor.example' } }),
];
const tokens = [
  '<!---->',
  '<?x?>',
  '<![CDATA[',
  ']]>',
  '&lt;',
  '&#0;',
  '&x;',
  '\u0000',
  '\u202e',
  '\ufeff',
  '"',
  "'",
  '<',
  '>',
  '/',
  ' ',

  'xmlns="urn:x"',
  ' ID="x"',
  ' Id="x"',
  'xmlns:saml="urn:x"',
  '<saml:Advice/>',
  '<samlp:Extensions/>',
  '<dsig:Object/>',

  'eve@vendor.example',
  responseContent.assertionId,
  responseContent.responseId,
  'AAAA',
  '__proto__',
  '2036-01-01T00:00:00Z',
];
const element = /<((?:\w+:)?\w+)(?:\s[^<>]*)?(?:\/>|>)/g;

type Change = (xml: string, random: () => number) => string;

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!;
const place = (xml: string, random: () => number): number => Math.floor(random() * (xml.length + 1));

/** A whole element of a text, by the name of one that it has. */
function elementOf(xml: string, random: () => number): string {
  const starts = [...xml.matchAll(element)];
  if (starts.length === 0) return '';

  const start = pick(starts, random);
  const close = `</${start[1]}>`;
  const end = xml.indexOf(close, start.index);
  return start[0].endsWith('/>') || end < 0 ? start[0] : xml.slice(start.index, end + close.length);
}

const changes: readonly Change[] = [
  (xml, random) => {
    const at = place(xml, random);
    return xml.slice(0, at) + pick(tokens, random) + xml.slice(at);
  },
  (xml, random) => {
    const at = place(xml, random);
    return xml.slice(0, at) + xml.slice(at + Math.ceil(random() * 40));
  },
  (xml, random) => {
    const at = place(xml, random);
    return (
      xml.slice(0, at) +
      String.fromCharCode(xml.charCodeAt(at % xml.length) ^ (1 << Math.floor(random() * 7))) +
      xml.slice(at + 1)
    );
  },
  (xml, random) => {
    const one = elementOf(xml, random);
    return xml.replace(one, () => one + one);
  },
  (xml, random) => xml.replace(elementOf(xml, random), ''),
  (xml, random) => {
    const [one, other] = [elementOf(xml, random), elementOf(pick(donors, random), random)];
    return xml.replace(one, () => pick([other, one + other, other + one], random));
  },
  (xml, random) => {
    const [one, other] = [elementOf(xml, random), elementOf(xml, random)];
    return xml
      .replace(one, '')
      .replace(other, () => pick([one + other, other + one, other.replace(/>/, `>${one}`)], random));
  },
  (xml, random) =>
    xml.replaceAll('ada@vendor.example', () =>
      pick(['eve@vendor.example', 'ada@vendor.example', 'a'], random),
    ),
  (xml, random) =>
    xml.replaceAll(responseContent.assertionId, () =>
      pick([responseContent.responseId, 'ID_eve', 'x'], random),
    ),
];

/** One mutant: one to four changes of a genuine response. */
export function mutantFrom(seed: number): string {
  const random = randomFrom(seed);
  const times = 1 + Math.floor(random() * 4);
  return Array.from({ length: times }).reduce<string>(
    (xml) => pick(changes, random)(xml, random),
    pick(genuine, random),
  );
}

/** Judges the mutant of a seed. Everything that is accepted says the same of the same person as the genuine response. */
export function brokenPromise(seed: number): BrokenPromise | undefined {
  const mutant = mutantFrom(seed);
  try {
    const result = validateResponse(mutant, [pinnedKey.x509], validationContext);
    if (!result.ok) return undefined;
    const { subject, attributes, assertionId } = result.value.profile;
    const said = JSON.stringify([subject.nameID, attributes, assertionId]);
    const meant = JSON.stringify([
      'ada@vendor.example',
      { employeeNumber: ['4711'] },
      responseContent.assertionId,
    ]);
    return said === meant ? undefined : { seed, mutant, why: `accepted as ${said}` };
  } catch (error) {
    return { seed, mutant, why: `broke: ${String(error)}` };
  }
}
