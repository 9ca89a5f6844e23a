/**
 * Published attacks on service providers of SAML, as tables that a person can read: each is refused, by its rule, and never lets
 * anyone in under another name.
 */
import { describe, expect, it } from 'vitest';
import { resultReason, validatedText } from '../../../kit/objects/validated-response.ts';
import { algorithmAttacks } from './algorithm-attacks.ts';
import { markupAttacks } from './markup-attacks.ts';
import { nameAttacks } from './name-attacks.ts';
import { profileAttacks } from './profile-attacks.ts';
import { wrappingAttacks } from './wrapping-attacks.ts';

const attacks = [
  ...wrappingAttacks,
  ...markupAttacks,
  ...algorithmAttacks,
  ...profileAttacks,
  ...nameAttacks,
];

describe('CC-2 published attacks', () => {
  it.each(attacks.map((attack) => [`${attack.published}: ${attack.does}`, attack] as const))(
    '%s',
    (_, attack) => {
      const reason = resultReason(validatedText(attack.answer()));
      expect(reason).not.toBe('accepted');
      expect(reason.startsWith(attack.refusedAs), `${reason} is not ${attack.refusedAs}`).toBe(true);
    },
  );

  it('are at least two hundred, none of them twice', () => {
    const titles = attacks.map(({ published, does }) => `${published}: ${does}`);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThanOrEqual(200);
  });
});
