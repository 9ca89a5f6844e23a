import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import { failedSignIn } from '../../../../../webhook/gateway/records/sign-in-records.ts';
import { createRefuse, type RequestRefusal } from '../../../../../webhook/gateway/refusals/refuse.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { anExchange, headOf } from '../../../../kit/objects/exchange.ts';
import { aPolicy } from '../../../../kit/objects/policy.ts';
import { aSession } from '../../../../kit/objects/session.ts';

const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
const signInPage = 'https://support.example.com/support-access/sign-in/ecase/case-4711';
const proof = {
  session: { namespace: 'ecase', name: 'ada-1' },
  grant: 'case-4711',
  secret: 'of-the-browser',
};
const record = (): NewRecord =>
  failedSignIn({ source: { address: undefined, ip: '203.0.113.7' }, now: noon, reason: 'SignInFailed' });

interface Circumstances {
  readonly full?: true;
  readonly away?: true;
  readonly undeletable?: true;
  readonly withoutPolicy?: true;
  readonly cut?: true;
}

/** What a browser and the installation got of one refusal. */
async function refused(refusal: RequestRefusal, circumstances: Circumstances = {}) {
  const records: NewRecord[] = [];
  const ended: string[] = [];
  const failures: string[] = [];
  const refuse = createRefuse({
    trail: {
      appendInBackground: (more) => !circumstances.full && records.push(...more) > 0,
      health: () => ({ reachable: !circumstances.away, appended: 0, waiting: 0, lost: 0 }),
    },
    sessions: {
      end: ({ metadata }, { reason }) => {
        ended.push(`${metadata.name} ${reason}`);
        return circumstances.undeletable ? Promise.reject(new Error('away')) : Promise.resolve();
      },
    },
    policy: () => (circumstances.withoutPolicy ? undefined : aPolicy()),
    onRefused: () => undefined,
    onFailure: (what) => failures.push(what),
  });
  const exchange = anExchange({ url: '/jobs', host: 'ecase.apps.example.com', headers: browser });
  const written: string[] = [];
  exchange.response.end = (bytes: unknown) => {
    written.push(String(bytes));
    return exchange.response;
  };
  if (circumstances.cut) exchange.response.destroy();
  await refuse(exchange, refusal);
  return { head: headOf(exchange), page: written.join(''), records, ended, failures };
}

describe('a browser that is refused', () => {
  it('goes to its grant’s sign-in page where the session is over', async () => {
    const { head } = await refused({ reason: 'SessionIdle', proof });
    expect(head).toMatchObject({ status: 303, headers: { location: signInPage } });
  });

  it('goes where the refusal says instead, where it has no session', async () => {
    const { head } = await refused({ reason: 'NoSession', signIn: '/support-access/enter?to=%2Fjobs' });
    expect(head?.headers['location']).toBe('/support-access/enter?to=%2Fjobs');
    expect(head?.headers['clear-site-data']).toBeUndefined();
  });

  it('sees the page where no policy says where to sign in', async () => {
    const { head } = await refused({ reason: 'NoPolicy', proof }, { withoutPolicy: true });
    expect([head?.status, head?.headers['location']]).toEqual([401, undefined]);
  });

  it('is offered a new sign-in, and keeps its session, where it has moved to another address', async () => {
    const { head, page } = await refused({ reason: 'SessionAddressChanged', proof, session: aSession() });
    expect([head?.status, head?.headers['set-cookie']]).toEqual([403, undefined]);
    expect(page).toContain(`href="${signInPage}"`);
  });

  it('is not sent in a circle on its way in: 403 for 401, and a button', async () => {
    const grant = { namespace: 'ecase', name: 'case-4711' };
    const { head, page } = await refused({ reason: 'Locked', entering: true, grant });
    expect([head?.status, head?.headers['location']]).toEqual([403, undefined]);
    expect(page).toContain(`href="${signInPage}"`);
  });

  it('sees no button where signing in would not help', async () => {
    const { head, page } = await refused({ reason: 'ActionNotAllowed', proof, session: aSession() });
    expect(head?.status).toBe(403);
    expect(page).not.toContain('class="button"');
  });

  it('reads that access is not open where the reason is the customer’s alone', async () => {
    const { page } = await refused({ reason: 'ExcessRights', entering: true });
    expect(page).toContain('NotOpened');
    expect(page).not.toContain('ExcessRights');
  });
});

describe('a refusal', () => {
  it('is recorded and ends the session also where the client has gone', async () => {
    const { head, records, ended } = await refused(
      { reason: 'Locked', proof, session: aSession(), record },
      { cut: true },
    );
    expect(head).toBeUndefined();
    expect([records.length, ended]).toEqual([1, ['ada-1 Locked']]);
  });

  it('stands where it could not be recorded, and says so', async () => {
    const { head, failures } = await refused({ reason: 'NoRoute', record }, { full: true });
    expect([head?.status, failures]).toEqual([403, ['a refusal was not recorded']]);
  });

  it('stands where the session could not be deleted, and says so', async () => {
    const refusal = { reason: 'Locked', proof, session: aSession() } as const;
    const { failures } = await refused(refusal, { undeletable: true });
    expect(failures).toEqual(['an ended session was not deleted']);
  });

  it('has the more exact status where one is given', async () => {
    expect((await refused({ reason: 'BadRequest', status: 405 })).head?.status).toBe(405);
  });
});
