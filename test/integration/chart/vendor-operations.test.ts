/** What belongs to the vendor, by real people with the roles of the chart. No process of ours runs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import { installChart, webhookConfigurations } from '../../kit/installation/install.ts';
import { collection, matrix, user } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let administrator: Caller;
let vendor: Caller;

beforeAll(async () => {
  const cp = await dedicatedControlPlane();
  await installChart(cp, {}, { without: webhookConfigurations });
  for (const role of ['administrator', 'vendor-operations']) {
    const clusterRole = `--clusterrole=support-access-${role}`;
    await cp.kubectl(['create', 'clusterrolebinding', role, clusterRole, `--user=${role}`]);
  }
  administrator = callerOf(await cp.userKubeconfig('administrator'));
  vendor = callerOf(await cp.userKubeconfig('vendor-operations'));
});

describe('the vendor’s people and matrices', () => {
  it('EC-10 support users are written by vendor operations alone, not by administrators', async () => {
    const body = user.base();
    expect((await administrator('POST', collection(user), { body })).status).toBe(403);
    expect((await vendor('POST', collection(user), { body })).status).toBe(201);
    const path = `${collection(user)}/${body.metadata.name}`;
    expect(
      await administrator('PATCH', path, {
        contentType: mergePatch,
        body: { spec: { displayName: 'Eve' } },
      }),
    ).toMatchObject({
      status: 403,
    });
    expect((await administrator('DELETE', path)).status).toBe(403);
    expect((await vendor('DELETE', path)).status).toBe(200);
  });

  it('EC-10 a matrix is never edited, also not by administrators', async () => {
    const body = matrix.base();
    expect((await administrator('POST', collection(matrix), { body })).status).toBe(201);
    const path = `${collection(matrix)}/${body.metadata.name}`;
    const edited = await administrator('PATCH', path, {
      contentType: mergePatch,
      body: { spec: { masking: 'Disabled' } },
    });
    expect(edited.status).toBe(422);
    expect(edited.text).toContain('spec');
    expect((await administrator('DELETE', path)).status).toBe(200);
  });
});
