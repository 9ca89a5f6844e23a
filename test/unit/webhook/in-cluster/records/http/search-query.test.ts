import { describe, expect, it } from 'vitest';
import { searchPageOf } from '../../../../../../webhook/in-cluster/records/http/search-query.ts';

const read = (query: string) => searchPageOf(new URLSearchParams(query));

describe('what a reader searches for', () => {
  it('is read in the form in which it is looked for', () => {
    expect(
      read('person=O%E2%80%99Brien&address=203.0.113.7&decision=refused&reference=a1b2c3d4e5f6&text=A+b'),
    ).toEqual({
      wanted: {
        person: 'O\u2019Brien',
        address: '203.0.113.7/32',
        decision: 'deny',
        reference: 'A1B2-C3D4-E5F6',
        text: 'a b',
      },
      newestFirst: false,
      after: 0,
      limit: 100,
    });
    expect(read('since=2026-12-04T17:00:00%2B01:00&order=newest&before=9&limit=1000')).toEqual({
      wanted: {},
      since: Date.parse('2026-12-04T16:00:00Z'),
      newestFirst: true,
      after: 0,
      before: 9,
      limit: 1000,
    });
  });

  it.each([
    ['persona=ada', 'a parameter: "persona": must be one of'],
    ['person=ada&person=eve', 'a parameter: "person": must be one of'],
    ['person=', 'person: "": must not be empty; write for example ada'],
    [
      'person=a%00b',
      'person: "a\\u0000b": must have no control or invisible characters; write for example ada',
    ],
    ['person=a%E2%80%AEb', 'must have no control or invisible characters'],
    [
      'person=ad*',
      'person: "ad*": must be the whole value, since * stands for nothing here; write it out, or use text',
    ],
    ['person=%22ada%22', 'must not be in quotes of its own; write ada'],
    [`person=${'a'.repeat(513)}`, 'must have at most 512 characters'],
    [
      'type=app.reqest',
      'type: "app.reqest": must be a type of records or its code; did you mean app.request?',
    ],
    ['type=xyzzy', 'must be a type of records or its code; write for example app.request'],
    [
      'reason=Expird',
      'reason: "Expird": must be a reason of the product, or a code such as saml.attribute_mismatch; did you mean Expired?',
    ],
    ['decision=maybe', 'decision: "maybe": must be allowed or refused; write for example refused'],
    [
      'address=10.0.0.1/8',
      'address: "10.0.0.1/8": must have no bits set after the first 8; write 10.0.0.0/8',
    ],
    ['address=010.0.0.1', 'must not use leading zeros'],
    ['reference=12', 'reference: "12": must be a reference number'],
    ['text=%22a+b%22', 'must be words alone, all of which are looked for; leave out quotes and *'],
    ['text=...', 'text: "...": must have a letter or a digit; write for example lock lifted'],
    [
      'since=yesterday',
      'since: "yesterday": must be an instant with its zone; write for example since=2026-12-04T17:00:00Z',
    ],
    ['until=2026-12-04', 'until: "2026-12-04": must be an instant'],
    [
      'since=2026-12-05T00:00:00Z&until=2026-12-04T00:00:00Z',
      'since: "2026-12-05T00:00:00Z": must be before until',
    ],
    ['order=random', 'order: "random": must be oldest or newest; write for example order=newest'],
    ['limit=0', 'limit: "0": must be a whole number from 1 to 1000; write for example limit=50'],
    ['limit=1000000', 'limit: "1000000": must be a whole number from 1 to 1000'],
    ['before=-1', 'before: "-1": must be a whole number'],
    ['after=1e3', 'after: "1e3": must be a whole number'],
  ])('is refused for %s, with the field, the value, the rule and an example', (query, says) => {
    expect(read(query)).toEqual({ problem: expect.stringContaining(says) });
  });
});
