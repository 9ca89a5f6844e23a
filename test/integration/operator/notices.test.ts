/** People are told what happens: a real operator with the chart's rights, real records and a real mail server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessPolicy } from '../../../crds/generated/support-access-policy.ts';
import { kinds } from '../../../crds/kinds.ts';
import { policyName } from '../../../crds/names.ts';
import { conditionOf } from '../../../crds/rules/conditions.ts';
import { RoleBindings, Roles, Secrets } from '../../../kube/resources.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import {
  type GrantSetting,
  putAll,
  putGrant,
  putPolicy,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { type MailServer, type ReceivedMail, startMailServer } from '../../kit/mail/mail-server.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });
const login = { username: 'support-access', password: 'p-1' };
const name = 'support-access-smtp';
const namespace = 'support-access';
let server: MailServer;
let one: GrantSetting;

beforeAll(async () => {
  server = await startMailServer({ login });
  afterAll(() => server.close());
  one = await operated.aSetting();
});

const told = (access = 'Enabled') =>
  putPolicy(one, {
    access,
    administrators: [{ name: 'grace', email: 'grace@example.com' }],
    notices: {
      mail: {
        host: '127.0.0.1',
        port: server.port,
        ca: server.ca,
        from: 'support@example.com',
        credentialsSecretRef: { name },
      },
      timeZone: 'Europe/Berlin',
    },
  });

const untilDelayed = (message: string | undefined) =>
  eventually(
    async () => {
      const ref = { name: policyName };
      const { status } = await one.admin.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, ref);
      const found = conditionOf(status?.conditions, 'NoticesDelayed')?.message;
      if (message === undefined) expect(found).toBeUndefined();
      else expect(found).toContain(message);
    },
    { within: 30_000 },
  );

const mailAbout = (subject: string): Promise<ReceivedMail> =>
  eventually(
    () => {
      const found = server.received.find(({ mail }) => mail.subject?.includes(subject));
      if (found === undefined) throw new Error(server.received.map(({ mail }) => mail.subject).join(', '));
      return found;
    },
    { within: 30_000 },
  );

/** What the chart makes of `operator.noticeSecretNames`. */
async function letOperatorRead(): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const rule = { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get'] };
  await one.admin.create(Roles, { metadata: { name, namespace }, rules: [rule] });
  await one.admin.create(RoleBindings, {
    metadata: { name, namespace },
    roleRef: { apiGroup, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: 'support-access-operator', namespace }],
  });
}

describe('C42-5 people are told', () => {
  it('of what keeps them from being told, and then of what happened meanwhile, with who did it', async () => {
    await told();
    await untilDelayed(`Secret ${name}: the operator may not read it`);
    await letOperatorRead();
    await one.admin.create(Secrets, { metadata: { name, namespace }, stringData: login });
    const { mail, user, encrypted } = await mailAbout('Support access was switched on');
    expect({ user, encrypted }).toEqual({ user: login.username, encrypted: true });
    expect(mail.text).toMatch(/^When: .* Europe\/Berlin, UTC\+0\d:00 \(\d{4}-/m);
    // No API server asks admission in this installation, so nothing proves who it was.
    expect(mail.text).toMatch(/^Who did it: unknown: /m);
    await untilDelayed(undefined);
  });

  it('when a grant opens and when it is closed, each once', async () => {
    await putAll(one);
    await told();
    const opened = await mailAbout('Support access is open');
    expect(opened.mail.subject).toContain(`${one.namespace}/case-1`);
    expect(opened.mail.text).toContain('Until: ');
    await putGrant(one, { access: 'Disabled' });
    await untilActive(one, 'Disabled');
    const closed = await mailAbout('Support access has ended');
    expect(closed.mail.text).toContain('Reason: Disabled: ');
    // A grant may open twice while its objects are put one after the other; what is recorded once is told once.
    const records = server.received.map(({ mail }) => /^Record: (.*)$/m.exec(mail.text ?? '')?.[1]);
    expect(records).not.toContain(undefined);
    expect(records).toHaveLength(new Set(records).size);
  });

  it('each result is in the records, without the password', async () => {
    const records = await operated.installation.records.all();
    const types = records.map(({ type }) => type);
    expect(types).toContain('notice.failed');
    expect(types.filter((type) => type === 'notice.delivered').length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(records)).not.toContain(login.password);
  });
});
