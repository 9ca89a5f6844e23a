import { describe, expect, it } from 'vitest';
import { parseWebhookConfig } from '../../../webhook/config.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';

const gateway = ['--roles=gateway', '--records-url=https://records:8445', '--records-token-file=/token'];

const parse = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  parseWebhookConfig({ args, env });

describe('the configuration of a door', () => {
  it('of a gateway is complete with its role and the way to the records', () => {
    expect(parse(gateway, {})).toEqual({
      ok: true,
      config: {
        identitiesNamespace: 'support-access-identities',
        role: 'gateway',
        releaseNamespace: 'support-access',
        bind: '::',
        healthPort: 8081,
        logLevel: 'info',
        kubeconfig: undefined,
        supportPort: 8443,
        innerPort: 8444,
        recordsUrl: 'https://records:8445',
        recordsTokenFile: '/token',
        resolveMap: undefined,
        drainSeconds: 8,
        idleSeconds: 620,
      },
    });
  });

  it('takes each flag from its environment twin too, and the flag wins', () => {
    const parsed = parse([...gateway, '--support-port=9443'], {
      SUPPORT_ACCESS_SUPPORT_PORT: '1',
      SUPPORT_ACCESS_BIND: '127.0.0.1',
    });
    expect(parsed).toMatchObject({ ok: true, config: { supportPort: 9443, bind: '127.0.0.1' } });
  });

  it('names all problems at once', () => {
    const parsed = parse(['--roles=gateway', '--records-url=http://x', '--support-port=99999'], {});
    expect(parsed).toEqual({
      ok: false,
      problems: [
        '--support-port is "99999" and must be a port from 0 to 65535, for example 8443',
        '--records-url is "http://x" and must be an https URL, for example https://support-access-records.support-access.svc:8445',
        '--records-token-file must be given, for example /var/run/secrets/support-access/token',
      ],
    });
  });

  it.each([
    ['no role', []],
    ['an unknown role', ['--roles=console']],
    ['half of the inner roles', ['--roles=records', '--data-dir=/data']],
    ['an outer and an inner role in one process', ['--roles=gateway,records']],
  ])('is refused with %s', (_, args) => {
    expect(parse(args, {})).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.stringMatching(
          /^--roles (is "[^"]+" and must be|must be given:) gateway or admission,records/,
        ),
      ]) as unknown,
    });
  });

  it('is refused with a flag of another role or one that does not exist', () => {
    expect(parse([...gateway, '--data-dir=/data'])).toMatchObject({
      problems: ['--data-dir must not be given, as it is no flag of --roles=gateway; remove it'],
    });
    expect(parse([...gateway, '--no-such-flag=1'])).toMatchObject({ ok: false });
  });

  it.each([
    ['--api-server-client-ca-file=/ca', '--api-server-client-names'],
    ['--api-server-client-names=kube-apiserver', '--api-server-client-ca-file'],
  ])('names what is missing beside %s', (given, missing) => {
    const parsed = parse(['--roles=admission,records', '--data-dir=/data', given]);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems).toHaveLength(1);
    expect(refusalComplaints({ text: problems[0] ?? '', field: `${missing} must be given` })).toEqual([]);
  });

  it('has no map of Services inside a cluster', () => {
    const args = [...gateway, '--resolve-map=/map.json'];
    expect(parse(args, {})).toMatchObject({ ok: true, config: { resolveMap: '/map.json' } });
    expect(parse(args, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toMatchObject({
      problems: [expect.stringContaining('--resolve-map must not be given inside a cluster')],
    });
  });
});
