/** More of what people may write than the inner loop has time for: a process of Helm renders each. */
import { it } from 'vitest';
import { whateverPeopleWrite } from './written-values.ts';

it('whatever people write, no key stands twice, selectors find their pods, and texts stay texts', async () => {
  await whateverPeopleWrite({ runs: 200 });
}, 600_000);
