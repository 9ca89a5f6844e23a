/**
 * Every sentence in the source of the product, wherever it is put together: what `status`, `can-i` and the dialogs say, the home page,
 * the sentences of the reasons, help texts, logs. A text that is added later is judged without a line here. Only how plain it is can
 * be judged of a part of a text; what says no has a table of its own (test/kit/messages/README.md).
 */
import { describe, expect, it } from 'vitest';
import { hole } from '../../../kit/messages/failures-in-source.ts';
import { plainComplaints } from '../../../kit/messages/good-message.ts';
import { sentencesIn } from '../../../kit/messages/words-in-source.ts';

const rooms = ['crds', 'kube', 'process', 'saml', 'trail', 'operator', 'webhook', 'cli'] as const;

/** No sentence for people, or one of a language of machines. */
const others = new Set(['cli/records/story-style.ts']);

const sentences = rooms
  .flatMap((room) => sentencesIn(room))
  // The notes of a matrix are the words of its document, and a matrix never changes.
  .filter(({ path }) => !others.has(path) && !/\/(?:generated|matrices)\//.test(path));

/** As it is read: with a value in each hole, and a part that goes on after another without the sign between them. */
const shown = (text: string): string =>
  text
    .replaceAll(hole, 'x')
    .replace(/^::(?=,)/, 'x')
    .replace(/^\s*(?:[;,] ?|:)(?=[: a-z-])/, '')
    .trim();

describe('each sentence of the product', () => {
  it('is found, in every room', () => {
    expect(sentences.length).toBeGreaterThan(1500);
    for (const room of rooms) expect(sentences.some(({ path }) => path.startsWith(`${room}/`))).toBe(true);
  });

  it.each([
    'cli/status',
    'cli/changes',
    'cli/locks',
    'webhook/gateway/pages',
    'saml/reasons.ts',
    'crds/rules/reasons.ts',
  ])('of %s is among them', (place) => {
    expect(sentences.filter(({ path }) => path.startsWith(place)).length).toBeGreaterThan(3);
  });

  it('is plain', () => {
    const complaints = sentences.flatMap(({ path, text }) =>
      plainComplaints(shown(text)).map((each) => `${path} ${each}: ${text}`),
    );
    expect(complaints).toEqual([]);
  });
});
