/** Is refused by the records in every way that they know, and reads what they say. */
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TooManyCallers } from '../../../../../../webhook/callers/token-review.ts';
import type { Readings } from '../../../../../../webhook/in-cluster/records/http/readings.ts';
import { told } from '../../../../../../webhook/in-cluster/records/http/refusals.ts';
import { refusalComplaints } from '../../../../../kit/messages/good-message.ts';
import { namedAccess, serveRecords } from '../../../../../kit/records/served-records.ts';

interface Way {
  readonly path?: string;
  readonly method?: 'GET' | 'POST';
  readonly token?: string;
  readonly body?: string;
  readonly type?: string;
  /** What the API server says of a token. */
  readonly callerOf?: () => Promise<never>;
  /** What becomes of the record of a reading. */
  readonly readings?: Readings;
}

/** Lets no one read. */
const noReadings: Readings = {
  begin: () => 'too many at once',
  mayHaveHead: () => false,
  record: () => Promise.resolve('halted'),
  settle: () => Promise.resolve(),
};

/** THE list: a new refusal has its way here, or this does not compile. */
const ways: Readonly<Record<keyof typeof told, Way>> = {
  noSuchPath: { path: '/v2/records', token: 'gateway' },
  notSignedIn: {},
  noRight: { token: 'powerless', path: '/v1/head' },
  notJson: { method: 'POST', token: 'gateway', body: 'x', type: 'text/plain' },
  notOperator: { method: 'POST', path: '/v1/requesters', token: 'gateway', body: '{}' },
  notWriter: { method: 'POST', token: 'webhook', body: '{"groups":[[]]}' },
  tooManyCallers: { token: 'gateway', callerOf: () => Promise.reject(new TooManyCallers()) },
  tooManyReadings: { token: 'auditor', readings: { ...noReadings, begin: () => 'too many' } },
  tooManyAtOnce: { token: 'auditor', readings: noReadings },
  tooManyHeads: { token: 'auditor', path: '/v1/head', readings: noReadings },
  unreadableBody: { method: 'POST', token: 'gateway', body: '{groups' },
  cannotAnswer: { token: 'gateway', callerOf: () => Promise.reject(new Error('the API server is away')) },
};

/** Of what stands in a call, with the name that the message has to have. */
const inCalls: readonly (readonly [string, Way])[] = [
  ['groups', { method: 'POST', token: 'gateway', body: '{"groups":[]}' }],
  ['instance', { method: 'POST', path: '/v1/instances', token: 'gateway', body: '{}' }],
  ['writes', { method: 'POST', path: '/v1/requesters', token: 'operator', body: '{}' }],
  ['kind', { method: 'POST', path: '/v1/notices', token: 'operator', body: '{}' }],
  ['limit', { token: 'auditor', path: '/v1/records?limit=0' }],
  ['after', { token: 'auditor', path: '/v1/records?after=x' }],
  ['after and limit', { token: 'auditor', path: '/v1/records?before=1' }],
];

async function detailOf(way: Way) {
  const { path = '/v1/records', method = 'GET', token, body, type, callerOf, readings } = way;
  const served = await serveRecords({
    ...(callerOf === undefined ? {} : { access: { ...namedAccess, callerOf } }),
    ...(readings === undefined ? {} : { readings }),
  });
  const dispatcher = new Agent({ connect: { ca: served.ca } });
  onTestFinished(() => dispatcher.destroy());
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': type ?? 'application/json', ...authorization };
  const answer = await request(`${served.url}${path}`, { method, dispatcher, headers, body: body ?? null });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  return ((await answer.body.json()) as { readonly detail: string }).detail;
}

describe('a refusal of the records', () => {
  it.each(Object.entries(ways))('says the rule and the way out: %s', async (name, way) => {
    const text = await detailOf(way);
    const said = told[name as keyof typeof told];
    expect(text).toBe(typeof said === 'string' ? said : said('get'));
    // What is not the caller's fault breaks no rule of the caller's.
    const isOurs = name === 'tooManyCallers';
    expect(refusalComplaints({ text }).filter((each) => !isOurs || each !== 'does not say the rule')).toEqual(
      [],
    );
  });

  it.each(inCalls)('names what is wrong in the call: %s', async (field, way) => {
    expect(refusalComplaints({ text: await detailOf(way), field })).toEqual([]);
  });
});
