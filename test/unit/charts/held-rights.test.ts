/** `docs/rights/held.md` against the chart: every right that is rendered stands there with its worst use, and no other. */
import { expect, it } from 'vitest';
import { renderChart } from '../../kit/installation/chart.ts';
import { heldRights, inWords, reader } from '../../kit/rights/held.ts';
import { rightsOf } from './fixture.ts';

it('each process holds exactly the rights whose worst use is written down', async () => {
  const objects = await renderChart({
    matrixRoles: ['support-access-matrix-casepoint-ecase-1'],
    records: { readers: [{ user: reader }] },
  });
  for (const [who, held] of Object.entries(heldRights)) {
    const rendered = rightsOf(objects, `support-access-${who}`).map(({ where, rule }) =>
      inWords(where, rule),
    );
    expect(held.map(({ right }) => right).toSorted(), who).toEqual(rendered.toSorted());
    expect(held.filter(({ worst }) => worst.length < 10)).toEqual([]);
  }
});
