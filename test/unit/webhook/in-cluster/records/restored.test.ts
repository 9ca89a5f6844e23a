/** What came back from a backup of the cluster, over the records' own routes: found, refused for good, and confirmed. */
import { describe, expect, it } from 'vitest';
import { confirmOver } from '../../../../../cli/records/confirm-restored.ts';
import { citationsOf } from '../../../../../crds/audit/citation.ts';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../../../../crds/generated/support-access-grant.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { openConnection } from '../../../../../trail/connection.ts';
import type { AppendResponse, GroupResult } from '../../../../../trail/wire.ts';
import type { ReadFresh } from '../../../../../webhook/in-cluster/records/restored.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import { aGrant, disabled } from '../../../../kit/objects/grant.ts';
import { aRecord, asIntent, withFields } from '../../../../kit/objects/record.ts';
import type { RecordsServer } from '../../../../kit/records/records-server.ts';
import { serveRecords } from '../../../../kit/records/served-records.ts';

type Live = Record<string, unknown>;

/** Records before an API server that holds these objects, with the trails of the programs. */
async function aWitness(live: Live, readFresh: ReadFresh = (kind) => Promise.resolve(live[kind])) {
  const served = await serveRecords({ readFresh });
  const as = (writer: 'gateway' | 'operator') =>
    createTrail({ url: served.url, ca: () => served.ca, token: () => Promise.resolve(writer), writer });
  return { served, live, gateway: as('gateway'), operator: as('operator') };
}

const inGeneration = (generation: number, grant: SupportAccessGrant = aGrant()): SupportAccessGrant => ({
  ...grant,
  metadata: { ...grant.metadata, generation },
});

const named = ({ metadata: { namespace = '', name, uid } }: SupportAccessGrant) => ({ namespace, name, uid });
const cited = (grant: SupportAccessGrant) => withFields({ grant: named(grant), cites: citationsOf([grant]) });
const intent = (grant: SupportAccessGrant) => aRecord(asIntent, cited(grant));
const changed = (grant: SupportAccessGrant) =>
  aRecord(withFields({ type: 'grant.changed', actor: { kind: 'system', name: 'operator' } }), cited(grant));

/** In one call, as the queue of a busy gateway does. */
async function appendAtOnce(
  { url, ca }: RecordsServer,
  groups: readonly (readonly NewRecord[])[],
): Promise<readonly GroupResult[]> {
  const connection = openConnection({ url, ca: () => ca, token: () => Promise.resolve('gateway') });
  const response = await connection.call({
    method: 'POST',
    path: '/v1/records',
    body: JSON.stringify({ groups }),
    signal: AbortSignal.timeout(5000),
  });
  await connection.close();
  return (JSON.parse(response.text) as AppendResponse).results;
}

const typesOf = async (served: RecordsServer) => (await served.all()).map(({ type }) => type);
const words: string[] = [];
const terminal = {
  say: (line: string) => void words.push(line),
  out: (text: string) => Promise.resolve(void words.push(text)),
} as never;

describe('an intent that cites an older grant than was recorded', () => {
  const open = inGeneration(4);
  const closed = inGeneration(5, aGrant(disabled()));

  it('is read anew where it may only be late, and marks nothing', async () => {
    const { served, gateway, operator } = await aWitness({ SupportAccessGrant: closed });
    await operator.append([changed(closed)]);
    await expect(gateway.append([intent(open)])).rejects.toMatchObject({ code: 'records_older' });
    expect(await typesOf(served)).not.toContain('audit.restore_found');
  });

  it('is refused for good where the API server shows that older grant too', async () => {
    const { served, gateway, operator, live } = await aWitness({ SupportAccessGrant: open });
    await operator.append([changed(closed)]);
    await expect(gateway.append([intent(open)])).rejects.toMatchObject({ code: 'records_rolled_back' });
    // edited since, so that its generation is no longer older
    live['SupportAccessGrant'] = inGeneration(7);
    await expect(gateway.append([intent(inGeneration(7))])).rejects.toMatchObject({
      code: 'records_rolled_back',
      message: expect.stringContaining('it was found to be from a backup') as string,
    });
    const world = { grant: named(open), cites: citationsOf([inGeneration(7)]) };
    await expect(operator.checkWorld(world)).rejects.toMatchObject({ code: 'records_rolled_back' });
    expect((await typesOf(served)).filter((type) => type === 'audit.restore_found')).toHaveLength(1);
  });

  it('is found once by many requests at the same time', async () => {
    const { served, gateway, operator } = await aWitness({ SupportAccessGrant: open });
    await operator.append([changed(closed)]);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => gateway.append([intent(open)])));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect((await typesOf(served)).filter((type) => type === 'audit.restore_found')).toHaveLength(1);
  });

  it('is not taken where the API server has no such grant', async () => {
    const { gateway, operator } = await aWitness({});
    await operator.append([changed(closed)]);
    await expect(gateway.append([intent(open)])).rejects.toMatchObject({ code: 'records_older' });
  });

  it.each<readonly [string, ReadFresh]>([
    ['refuses', () => Promise.reject(new Error('connection refused'))],
    ['does not answer', () => new Promise(() => undefined)],
  ])('is refused alone while the API server %s, and takes no other group along', async (_, readFresh) => {
    const { served, operator } = await aWitness({}, readFresh);
    await operator.append([changed(closed)]);
    const other = { ...open, metadata: { ...open.metadata, name: 'case-2', uid: 'other' } };
    const groups = [[intent(open)], [intent(other)]];
    const results = await appendAtOnce(served, groups);
    expect(results).toMatchObject([{ code: 'records_unavailable' }, { receipts: [{}] }]);
    expect(results[0]).toMatchObject({
      detail: expect.stringContaining('the API server could not be asked within 500 ms') as string,
    });
    const world = { grant: named(open), cites: citationsOf([open]) };
    await expect(operator.checkWorld(world)).rejects.toMatchObject({ code: 'records_unavailable' });
    expect(await typesOf(served)).not.toContain('audit.restore_found');
  });
});

describe('a grant that is refused as restored', () => {
  it('opens again once a person with the right restore confirmed it, and the records say who', async () => {
    const open = inGeneration(4);
    const { served, gateway, operator } = await aWitness({ SupportAccessGrant: open });
    await operator.append([changed(inGeneration(5, aGrant(disabled())))]);
    await expect(gateway.append([intent(open)])).rejects.toThrow();
    const connection = (token: string) =>
      openConnection({ url: served.url, ca: () => served.ca, token: () => Promise.resolve(token) });
    const [auditor, restorer] = [connection('auditor'), connection('restorer')];
    await expect(confirmOver(auditor, { yes: true, terminal })).rejects.toThrow(/must have restore/);
    expect(await confirmOver(restorer, { yes: true, terminal })).toBe(0);
    expect(words.join('\n')).toContain('SupportAccessGrant ecase/case-4711');
    await gateway.append([intent(open)]);
    await eventually(async () => {
      const confirmed = (await served.all()).find(({ type }) => type === 'audit.restore_confirmed');
      expect(confirmed?.actor.name).toContain('restorer');
      expect(confirmed?.message).toMatch(
        /^confirmed 1 thing as it is now: SupportAccessGrant ecase\/case-4711 /,
      );
    });
    await Promise.all([auditor.close(), restorer.close()]);
  });

  it('is not confirmed by who was shown less than what is refused', async () => {
    const open = inGeneration(4);
    const { served, gateway, operator } = await aWitness({ SupportAccessGrant: open });
    await operator.append([changed(inGeneration(5, aGrant(disabled())))]);
    await expect(gateway.append([intent(open)])).rejects.toThrow();
    const connection = openConnection({
      url: served.url,
      ca: () => served.ca,
      token: () => Promise.resolve('restorer'),
    });
    const response = await connection.call({
      method: 'POST',
      path: '/v1/restores',
      body: '{"subjects":[]}',
      signal: AbortSignal.timeout(5000),
    });
    expect(response.status).toBe(409);
    await connection.close();
  });
});
