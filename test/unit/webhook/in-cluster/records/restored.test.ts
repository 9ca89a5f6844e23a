/** What came back from a backup of the cluster, over the records' own routes: found, refused for good, and confirmed. */
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../../../../cli/command.ts';
import { confirmOver } from '../../../../../cli/records/confirm-restored.ts';
import { citationsOf } from '../../../../../crds/audit/citation.ts';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../../../../crds/generated/support-access-grant.ts';
import { createTrail } from '../../../../../trail/client.ts';
import { openConnection } from '../../../../../trail/connection.ts';
import type { AppendResponse, GroupResult } from '../../../../../trail/wire.ts';
import type { ReadFresh } from '../../../../../webhook/in-cluster/records/restored.ts';
import { typed } from '../../../../kit/cli/typed.ts';
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

/** A person at a terminal: what they read, and what they answer. */
function aPerson(answers: readonly string[] = []) {
  const [said, printed, left] = [[] as string[], [] as string[], [...answers]];
  const terminal: Terminal = {
    say: (line) => void said.push(line),
    out: (text) => Promise.resolve(void printed.push(text)),
    readStdin: () => Promise.resolve(''),
    ask: (question) => Promise.resolve((said.push(question), left.shift() ?? '')),
    now: () => 0,
    zone: 'UTC',
    environment: {},
  };
  return { terminal, said: () => said.join('\n'), printed: () => printed.join('') };
}

/** `confirm-restore` by the holder of a token, as they type it. */
async function confirming(
  { url, ca }: RecordsServer,
  { by = 'restorer', ...options }: Readonly<Record<string, string | true>> & { readonly by?: string },
  person = aPerson(),
) {
  const connection = openConnection({ url, ca: () => ca, token: () => Promise.resolve(by) });
  const enabledOf = () => Promise.resolve('ecase/case-4711');
  try {
    const code = await confirmOver({ connection, enabledOf }, typed(options), person.terminal);
    return { code, said: person.said(), printed: person.printed() };
  } finally {
    await connection.close();
  }
}

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
    await expect(confirming(served, { by: 'auditor', yes: true })).rejects.toThrow(/must have restore/);
    const { code, said, printed } = await confirming(served, { yes: true });
    expect(said).toContain('- records.refused[]: SupportAccessGrant ecase/case-4711');
    expect(said).toContain('Enabled grants among them: ecase/case-4711.');
    expect(printed).toContain('Done. Confirmed, and recorded: 1.');
    expect(code).toBe(0);
    await gateway.append([intent(open)]);
    await eventually(async () => {
      const confirmed = (await served.all()).find(({ type }) => type === 'audit.restore_confirmed');
      expect(confirmed?.actor.name).toContain('restorer');
      expect(confirmed?.target).toMatchObject({ kind: 'SupportAccessGrant', name: 'ecase/case-4711' });
      expect(confirmed?.message).toBe(
        'confirmed as it is now, though it is older than was recorded: its generation was 5',
      );
    });
  });

  /** Records that refuse a grant, and what makes them refuse another. */
  async function aRefused() {
    const [open, closed] = [inGeneration(4), inGeneration(5, aGrant(disabled()))];
    const asOther = (grant: SupportAccessGrant): SupportAccessGrant => ({
      ...grant,
      metadata: { ...grant.metadata, name: 'case-2', uid: 'other' },
    });
    const fresh: ReadFresh = (_, { name }) => Promise.resolve(name === 'case-2' ? asOther(open) : open);
    const { served, gateway, operator } = await aWitness({}, fresh);
    const find = async (as: (grant: SupportAccessGrant) => SupportAccessGrant) => {
      await operator.append([changed(as(closed))]);
      await expect(gateway.append([intent(as(open))])).rejects.toMatchObject({ code: 'records_rolled_back' });
    };
    await find((grant) => grant);
    const asRestorer = async (body: object) => {
      const { url, ca } = served;
      const connection = openConnection({ url, ca: () => ca, token: () => Promise.resolve('restorer') });
      const signal = AbortSignal.timeout(5000);
      const path = '/v1/restores';
      const response = await connection.call({ method: 'POST', path, body: JSON.stringify(body), signal });
      await connection.close();
      return response;
    };
    const findAgain = async () => find((grant) => grant);
    return Object.assign(served, { asRestorer, findAgain, findAnother: async () => find(asOther) });
  }
  const confirmations = async (served: RecordsServer) =>
    (await typesOf(served)).filter((type) => type === 'audit.restore_confirmed').length;

  it('CC-13 is shown and checked by a dry run, which stores nothing', async () => {
    const served = await aRefused();
    const { code, printed } = await confirming(served, { dryRun: 'server', output: 'wide' });
    expect(printed).toMatch(
      /^confirmation of 1 thing: would be accepted \(server dry run\); nothing was stored\.\n/,
    );
    expect(printed).toMatch(
      /NAMESPACE +NAME +GENERATION +UID\necase +supportaccessgrant\.supportaccess\.dev\/case-4711 /,
    );
    expect({ code, confirmations: await confirmations(served) }).toEqual({ code: 0, confirmations: 0 });
  });

  it('CC-13 stays refused where the answer is No, and where there is no one to ask', async () => {
    const served = await aRefused();
    expect(await confirming(served, {}, aPerson(['']))).toMatchObject({
      code: 5,
      said: expect.stringMatching(/meant to be as it is now\? \[y\/N\] \nNothing was changed\.$/) as string,
    });
    const { terminal, ...reads } = aPerson();
    const away = { ...reads, terminal: { ...terminal, ask: undefined } };
    await expect(confirming(served, {}, away)).rejects.toThrow('add --yes');
    expect(await confirmations(served)).toBe(0);
  });

  it('CC-13 is printed as data, also where it is not waited for, and confirmed once', async () => {
    const served = await aRefused();
    const { printed, said } = await confirming(served, { yes: true, wait: 'false', output: 'name' });
    expect(printed).toBe('supportaccessgrant.supportaccess.dev/case-4711\n');
    expect(said).toContain('confirmation of 1 thing: stored; not waited for.');
    const again = await confirming(served, { yes: true, output: 'json' });
    expect(JSON.parse(again.printed)).toEqual({ apiVersion: 'v1', kind: 'List', items: [] });
    expect(again.said).toContain('Nothing is refused as restored from a backup; nothing was changed.');
    expect(await confirmations(served)).toBe(1);
  });

  it('is shown again, and asked again, where more was found meanwhile', async () => {
    const served = await aRefused();
    const person = aPerson(['y', 'y']);
    const { ask } = person.terminal;
    let asked = 0;
    const terminal: Terminal = {
      ...person.terminal,
      async ask(question) {
        asked += 1;
        if (asked === 1) await served.findAnother();
        return (await ask?.(question)) ?? '';
      },
    };
    const { code, said } = await confirming(served, {}, { ...person, terminal });
    expect(said).toContain('It was changed meanwhile. What would be done now:');
    expect(said).toContain('- records.refused[]: SupportAccessGrant ecase/case-2 (other)');
    expect({ code, asked, confirmations: await confirmations(served) }).toEqual({
      code: 0,
      asked: 2,
      confirmations: 2,
    });
  });

  it('is not confirmed by who was shown less than what is refused', async () => {
    const { asRestorer } = await aRefused();
    expect((await asRestorer({ subjects: [] })).status).toBe(409);
  });

  it('is confirmed alone where it was chosen, and what else is refused stays so', async () => {
    const served = await aRefused();
    await served.findAnother();
    const { store, asRestorer } = served;
    const [first] = await store.refused();
    expect((await asRestorer({ subjects: [first?.found] })).status).toBe(409);
    const none = confirming(served, { yes: true, only: 'SupportUser/eve' });
    await expect(none).rejects.toThrow(
      /^--only SupportUser\/eve is nothing .* for example --only SupportAccessGrant\/ecase\//,
    );
    const { said } = await confirming(served, { yes: true, only: 'SupportAccessGrant/ecase/case-2' });
    expect(said).not.toContain('case-4711 (');
    expect((await store.refused()).map(({ name }) => name)).toEqual(['ecase/case-4711']);
    expect(await confirmations(served)).toBe(1);
  });

  it('is not confirmed by who was shown what was confirmed, and found anew since', async () => {
    const served = await aRefused();
    const { store, asRestorer } = served;
    const [shown] = await store.refused();
    const body = { subjects: [shown?.found] };
    expect((await asRestorer(body)).status).toBe(200);
    await served.findAgain();
    expect((await store.refused()).map(({ uid }) => uid)).toEqual([shown?.uid]);
    const late = await asRestorer({ ...body, only: true });
    expect(late).toMatchObject({
      status: 409,
      text: expect.stringContaining('found again meanwhile') as string,
    });
    expect(await store.refused()).toHaveLength(1);
  });
});
