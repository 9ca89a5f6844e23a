/** Walks every reason through a real refusal over HTTP, and compares what follows with the table of reasons. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Reason, reasons } from '../../../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../../../crds/rules/refusal-texts.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import { aServedGateway } from '../../../../kit/objects/served-gateway.ts';
import { type RecordedIn, waysToBeRefused } from '../../../../kit/objects/ways-to-be-refused.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;
let gateway: Scene;

afterEach(() => gateway.close());

async function refusedFor(reason: keyof typeof waysToBeRefused) {
  const { arrange, upstream, path = '/jobs', asked = {} } = waysToBeRefused[reason];
  gateway = await aServedGateway((_request, response) => {
    if (upstream === undefined) response.end('fine');
    else upstream(response);
  });
  arrange?.(gateway);
  return gateway.ask(path, asked);
}

/** What is wrong with how a request is written is told of that very request; `every-page.test.ts` reads it. */
const toldInOwnWords: ReadonlySet<Reason> = new Set<Reason>([
  'BadRequest',
  'WrongHost',
  'BodyTooLarge',
  'MaskedValue',
]);

const names = Object.keys(waysToBeRefused) as (keyof typeof waysToBeRefused)[];

describe('a refusal has what the table of reasons says', () => {
  it.each(names.filter((reason) => reason !== 'SignedOut'))('%s', async (reason) => {
    const { status, session } = reasons[reason];
    const { recordedIn = 'request' } = waysToBeRefused[reason];
    const response = await refusedFor(reason);
    expect(response.status).toBe(status);
    const { message, ...told } = toldToSupport(reason);
    expect(JSON.parse(response.body)).toMatchObject(toldInOwnWords.has(reason) ? told : { ...told, message });
    expect(forgets(response.headers)).toBe(session !== 'stays');
    await eventually(async () => {
      expect(gateway.deleted).toEqual(session === 'ends' ? ['ada-1'] : []);
      expect(refusalsIn(gateway, recordedIn)).toEqual(recordedIn === 'nowhere' ? [] : [{ reason, status }]);
      expect(endsIn(gateway)).toEqual(session === 'ends' ? [reason] : []);
    });
    expect(gateway.refused).toEqual([reason]);
  });

  it('SignedOut, whose next request then has no session', async () => {
    const response = await refusedFor('SignedOut');
    expect([response.status, forgets(response.headers)]).toEqual([204, true]);
    expect([gateway.deleted, endsIn(gateway), gateway.refused]).toEqual([['ada-1'], ['SignedOut'], []]);
    gateway.objects.remove('SupportSession', 'ada-1');
    expect((await gateway.ask('/jobs')).status).toBe(reasons.SignedOut.status);
  });

  it('Open, which refuses nothing', async () => {
    gateway = await aServedGateway((_request, response) => response.end('fine'));
    const response = await gateway.ask('/jobs');
    expect([response.status, forgets(response.headers)]).toEqual([reasons.Open.status, false]);
    expect([gateway.deleted, gateway.refused]).toEqual([[], []]);
  });
});

/** Whether the browser is told to forget the session: its cookie, and all that the host stored. Both or neither. */
function forgets(headers: Awaited<ReturnType<Scene['ask']>>['headers']): boolean {
  const cookie =
    headers['set-cookie']?.some((line) => /^__Host-support-access=;.*Max-Age=0/.test(line)) === true;
  const data = headers['clear-site-data'] !== undefined;
  expect(cookie).toBe(data);
  return cookie;
}

/** Reason and status of each refusal that was recorded in this way. */
function refusalsIn({ trail }: Scene, recordedIn: RecordedIn) {
  const denied = trail.records.filter(({ decision }) => decision?.effect === 'deny');
  const outcomes = trail.records.filter(({ phase }) => phase === 'outcome');
  if (recordedIn === 'outcome') return outcomes.map(({ outcome }) => statusOfOutcome(outcome));
  return denied.map(({ type, decision, outcome }) => {
    expect(type).toBe(recordedIn === 'sign-in' ? failedSignInTypeOf(decision?.reason) : 'app.request');
    // The record of a failed sign-in has the SAML code where there is one, and no HTTP status.
    if (recordedIn !== 'sign-in') return { reason: decision?.reason, status: outcome?.status };
    return { reason: gateway.refused[0], status: reasons[gateway.refused[0] as Reason].status };
  });
}

function statusOfOutcome(outcome: Scene['trail']['records'][number]['outcome']) {
  const reason = outcome?.reason;
  // Of what was answered and not passed on, the outcome has the application's own status.
  if (reason === 'NotMaskable' || reason === 'RedirectRefused')
    return { reason, status: reasons[reason].status };
  return { reason, status: outcome?.status };
}

function failedSignInTypeOf(reason: string | undefined): string {
  return reason !== undefined && reason in reasons
    ? reasons[reason as Reason].failsSignInAs
    : 'signin.failed';
}

function endsIn({ trail }: Scene) {
  return trail.records.filter(({ type }) => type === 'session.ended').map(({ outcome }) => outcome?.reason);
}
