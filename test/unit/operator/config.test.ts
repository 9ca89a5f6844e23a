import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../operator/config.ts';

const needed = ['--records-url=https://records:8445', '--records-token-file=/token'];

describe('the operator’s settings', () => {
  it('have what the chart gives by default', () => {
    expect(parseConfig(needed, {})).toEqual({
      ok: true,
      config: {
        releaseNamespace: 'support-access',
        identitiesNamespace: 'support-access-identities',
        recordsUrl: 'https://records:8445',
        recordsTokenFile: '/token',
        instance: 'support-access-operator',
        healthPort: 8081,
        leaseName: 'support-access-operator',
        kubeconfig: undefined,
      },
    });
  });

  it('may come from the environment, and a flag wins', () => {
    const env = { SUPPORT_ACCESS_HEALTH_PORT: '9000', SUPPORT_ACCESS_LEASE_NAME: 'from-env' };
    const parsed = parseConfig([...needed, '--lease-name=from-flag'], env);
    expect(parsed).toMatchObject({ ok: true, config: { healthPort: 9000, leaseName: 'from-flag' } });
  });

  it('are refused with all their problems at once', () => {
    const parsed = parseConfig(
      ['--records-url=http://plain', '--health-port=70000', '--release-namespace=Not_A_Label'],
      {},
    );
    expect(parsed).toEqual({
      ok: false,
      problems: [
        '--release-namespace must be a DNS label: "Not_A_Label"',
        '--records-url must be an https URL: "http://plain"',
        '--records-token-file must be given',
        '--health-port must be a port, 0 to 65535: "70000"',
      ],
    });
  });

  it('are refused when a flag is not known', () => {
    const parsed = parseConfig([...needed, '--allow-everything'], {});
    expect(parsed.ok).toBe(false);
  });
});
