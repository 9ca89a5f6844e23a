/** How a gateway tells of TLS with applications, beside what others tell. */
import { describe, expect, it } from 'vitest';
import {
  tlsFaultEntry,
  tlsFaultKey,
  tlsFaultSentence,
  toldTlsFault,
} from '../../../../../crds/rules/request/tls-faults.ts';
import { TlsFailure, TlsFaults } from '../../../../../webhook/gateway/proxy/upstream-tls.ts';
import { noon } from '../../../../kit/objects/ask.ts';

const ecase = { namespace: 'ecase', name: 'ecase' };
const key = tlsFaultKey(ecase);
const minute = 60_000;
const entryAt = (code: string, seenAt: number) => ({ [key]: tlsFaultEntry({ code, seenAt }) });

function aGateway() {
  let now = noon;
  const faults = new TlsFaults(() => now);
  return { faults, pass: (minutes: number) => void (now += minutes * minute) };
}

describe('a fault of TLS', () => {
  it('is told while it counts, and written anew only now and then', () => {
    const { faults, pass } = aGateway();
    faults.note(ecase, 'CERT_HAS_EXPIRED');
    const first = faults.entries({});
    expect(first).toEqual(entryAt('CERT_HAS_EXPIRED', noon));
    pass(4);
    faults.note(ecase, 'CERT_HAS_EXPIRED');
    expect(faults.entries(first)).toEqual(first);
    pass(1);
    faults.note(ecase, 'CERT_HAS_EXPIRED');
    expect(faults.entries(first)).toEqual(entryAt('CERT_HAS_EXPIRED', noon + 5 * minute));
    pass(15);
    expect(faults.entries(first)).toEqual({});
  });

  it('is told as it is now, and not any more when TLS works', () => {
    const { faults, pass } = aGateway();
    const others = entryAt('EPROTO', noon);
    pass(1);
    faults.note(ecase, 'CERT_HAS_EXPIRED');
    expect(faults.entries(others)).toEqual(entryAt('CERT_HAS_EXPIRED', noon + minute));
    pass(1);
    faults.note(ecase, undefined);
    expect(faults.entries(others)).toEqual({});
  });

  it('that another gateway saw later stays, and so does one that this gateway knows nothing of', () => {
    const { faults, pass } = aGateway();
    const others = entryAt('EPROTO', noon + minute);
    expect(faults.entries(others)).toEqual(others);
    faults.note(ecase, undefined);
    expect(faults.entries(others)).toEqual(others);
    pass(17);
    expect(faults.entries(others)).toEqual({});
  });

  it('leaves other entries to who tells them', () => {
    const { faults } = aGateway();
    expect(faults.entries({ 'support-access-gateway-tls': 'x', 'Backend.ecase.ecase': 'OnItsNode' })).toEqual(
      {},
    );
  });

  it('is one of a closed list, whatever a server does or a stranger writes', () => {
    const codeOf = (code: string | undefined) => new TlsFailure(Object.assign(new Error('x'), { code })).code;
    expect(['CERT_HAS_EXPIRED', 'ERR_SSL_X', 'ECONNRESET', undefined, 'toString'].map(codeOf)).toEqual([
      'CERT_HAS_EXPIRED',
      'EPROTO',
      'ENDED',
      'ENDED',
      'ENDED',
    ]);
    for (const entry of ['please call 555', 'EPROTO', `toString ${new Date(noon).toISOString()}`, undefined])
      expect(toldTlsFault(entry, noon), entry).toBeUndefined();
    expect(tlsFaultSentence({ serverName: 'a.b.svc', port: 443 }, 'CERT_HAS_EXPIRED')).toBe(
      'TLS with a.b.svc at port 443 failed: its certificate has expired (CERT_HAS_EXPIRED); renew it.',
    );
  });
});
