import { describe, expect, it } from 'vitest';
import { decide } from '../../../../../crds/rules/access.ts';
import { anAsk, where } from '../../../../kit/objects/ask.ts';
import { aGrant, opened } from '../../../../kit/objects/grant.ts';
import { withoutSpec } from '../../../../kit/objects/object.ts';

describe('a grant that writes no number of consent', () => {
  it('was opened when the first consent is pinned, since that is the default', () => {
    const grant = aGrant(withoutSpec('consent'), opened({ consent: 1 }));
    expect(decide(anAsk(where({ grant })))).toMatchObject({ allow: true });
  });

  it.each([0, 2])('was not opened when consent %i is pinned', (consent) => {
    const grant = aGrant(withoutSpec('consent'), opened({ consent }));
    expect(decide(anAsk(where({ grant })))).toMatchObject({ reason: 'NotOpened', check: 'wasOpened' });
  });
});
