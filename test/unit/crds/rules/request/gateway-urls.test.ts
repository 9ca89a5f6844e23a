import { describe, expect, it } from 'vitest';
import {
  acsUrlOf,
  entityIdOf,
  originOf,
  signInUrlOf,
} from '../../../../../crds/rules/request/gateway-urls.ts';

const host = 'support.example.com';

describe('the gateway’s addresses', () => {
  it('leave the port out where it is 443, as browsers do', () => {
    expect(originOf({ host })).toBe('https://support.example.com');
    expect(originOf({ host, port: 443 })).toBe('https://support.example.com');
    expect(originOf({ host, port: 8443 })).toBe('https://support.example.com:8443');
  });

  it('lie under one origin', () => {
    expect(entityIdOf({ host })).toBe('https://support.example.com/support-access/saml/metadata');
    expect(acsUrlOf({ host })).toBe('https://support.example.com/support-access/saml/acs');
    expect(signInUrlOf({ host }, { namespace: 'ecase', name: 'case-4711' })).toBe(
      'https://support.example.com/support-access/sign-in/ecase/case-4711',
    );
  });
});
