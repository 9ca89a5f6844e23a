import { describe, expect, it } from 'vitest';
import { createHopFaults } from '../../../../../webhook/gateway/listener/hop-faults.ts';
import { unknownSources } from '../../../../../webhook/gateway/listener/source-address.ts';
import { refusalComplaints } from '../../../../kit/messages/good-message.ts';

function faults() {
  let now = 0;
  const lines: object[] = [];
  const tell = createHopFaults({
    log: { warn: (fields) => void lines.push(fields) },
    clock: { monotonic: () => now },
  });
  return {
    lines,
    tell: (peer: string, rule: string) => tell({ peer, rule, message: `the ${rule}` }),
    pass: (ms: number) => (now += ms),
  };
}

describe('the log of what is wrong with a proxy', () => {
  it('names hop and rule once a minute, with how often it was since', () => {
    const { lines, tell, pass } = faults();
    for (let at = 0; at < 100; at++) tell('::ffff:10.0.0.1', 'Connection');
    expect(lines).toEqual([{ hop: '10.0.0.1', rule: 'Connection', more: 0, problem: 'the Connection' }]);
    pass(59_999);
    tell('::ffff:10.0.0.1', 'Connection');
    expect(lines).toHaveLength(1);
    pass(1);
    tell('::ffff:10.0.0.1', 'Connection');
    expect(lines[1]).toMatchObject({ more: 100 });
  });

  it('has a line for each hop and each rule', () => {
    const { lines, tell } = faults();
    for (const hop of ['10.0.0.1', '10.0.0.2']) for (const rule of ['Host', 'NoLine']) tell(hop, rule);
    expect(lines).toHaveLength(4);
  });

  it('does not grow with those who connect', () => {
    const { lines, tell, pass } = faults();
    for (let at = 0; at < 1000; at++) tell(`10.0.${at >> 8}.${at & 255}`, 'NotTrusted');
    expect(lines).toHaveLength(50);
    pass(60_000);
    tell('10.0.0.1', 'NotTrusted');
    expect(lines).toHaveLength(51);
  });

  it.each(Object.entries(unknownSources))('says what to do about %s', (_, message) => {
    expect(refusalComplaints({ text: message })).toEqual([]);
  });
});
