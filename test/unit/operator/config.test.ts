import { describe, expect, it } from 'vitest';
import { parseOperatorConfig } from '../../../operator/config.ts';
import { usualGatewayNetwork } from '../../../operator/outputs/gateway-network.ts';

const needed = ['--records-url=https://records:8445', '--records-token-file=/token'];

const parse = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  parseOperatorConfig({ args, env });

describe('the operator’s settings', () => {
  it('have what the chart gives by default', () => {
    expect(parse(needed, {})).toEqual({
      ok: true,
      config: {
        releaseNamespace: 'support-access',
        identitiesNamespace: 'support-access-identities',
        recordsUrl: 'https://records:8445',
        recordsTokenFile: '/token',
        instance: 'support-access-operator',
        bind: undefined,
        healthPort: 8081,
        logLevel: 'info',
        leaseName: 'support-access-operator',
        gatewayNetwork: usualGatewayNetwork,
        kubeconfig: undefined,
      },
    });
  });

  it('may come from the environment, and a flag wins', () => {
    const env = { SUPPORT_ACCESS_HEALTH_PORT: '9000', SUPPORT_ACCESS_LEASE_NAME: 'from-env' };
    const parsed = parse([...needed, '--lease-name=from-flag'], env);
    expect(parsed).toMatchObject({ ok: true, config: { healthPort: 9000, leaseName: 'from-flag' } });
  });

  it('are refused with all their problems at once', () => {
    const parsed = parse(
      ['--records-url=http://plain', '--health-port=70000', '--release-namespace=Not_A_Label'],
      {},
    );
    expect(parsed).toEqual({
      ok: false,
      problems: [
        '--release-namespace is "Not_A_Label" and must be a DNS label: at most 63 lower-case letters, digits and hyphens, for example support-access',
        '--records-url is "http://plain" and must be an https URL, for example https://support-access-records.support-access.svc:8445',
        '--records-token-file must be given, for example /var/run/secrets/support-access/token',
        '--health-port is "70000" and must be a port from 0 to 65535, for example 8443',
      ],
    });
  });

  it('are refused when a flag is not known', () => {
    const parsed = parse([...needed, '--allow-everything']);
    expect(parsed.ok).toBe(false);
  });
});

describe('what the operator is told of the gateway’s network', () => {
  it('is taken over, with the usual for the rest', () => {
    const parsed = parse([...needed, '--gateway-network={"supportPort":9443,"apiServer":"Ports"}']);
    expect(parsed).toMatchObject({
      ok: true,
      config: { gatewayNetwork: { ...usualGatewayNetwork, supportPort: 9443, apiServer: 'Ports' } },
    });
  });

  it.each([
    '',
    'x',
    '[]',
    'null',
    '{"port":1}',
    '{"supportPort":0}',
    '{"apiServer":"auto"}',
    '{"egress":{}}',
    '{"egress":[1]}',
  ])('is refused as %j', (text) => {
    const parsed = parse([...needed, `--gateway-network=${text}`]);
    // an empty text is no setting
    expect(parsed.ok).toBe(text === '');
    if (!parsed.ok) expect(parsed.problems.join()).toContain('--gateway-network');
  });
});
