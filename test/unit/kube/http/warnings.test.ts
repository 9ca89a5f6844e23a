import { expect, it } from 'vitest';
import { warningsIn } from '../../../../kube/http/warnings.ts';

it.each<[string | string[] | undefined, string[]]>([
  [undefined, []],
  ['299 - "a field is old"', ['a field is old']],
  ['299 - "one", 299 - "two, with a comma"', ['one', 'two, with a comma']],
  [
    ['299 - "one"', '299 - "two"'],
    ['one', 'two'],
  ],
  [String.raw`299 - "say \"so\" \\ here"`, [String.raw`say "so" \ here`]],
  ['299 - "dated" "Wed, 21 Oct 2026 07:28:00 GMT"', ['dated']],
  ['110 - "stale", 299 kube "mine"', ['mine']],
  ['299 - no quotes', []],
  ['299 - "open', []],
  ['', []],
])('the header %j warns of %j', (header, texts) => {
  expect(warningsIn(header)).toEqual(texts);
  // Nothing is kept from one header to the next.
  expect(warningsIn(header)).toEqual(texts);
});
