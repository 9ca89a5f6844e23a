import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventWords, ocsfTypeOf } from '../../../../crds/audit/event-words.ts';
import {
  codeOf,
  type EventType,
  events,
  mayAppend,
  type Phase,
  type Writer,
} from '../../../../crds/audit/events.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

const point: readonly Phase[] = ['point'];
const act: readonly Phase[] = ['intent', 'outcome', 'point'];
const writers: readonly Writer[] = ['gateway', 'operator', 'admission', 'store'];

/** Written out a second time on purpose: a type that goes, comes or changes its writer must be meant. */
const vocabulary: readonly (readonly [EventType, string, string, readonly Phase[]])[] = [
  ['grant.created', 'SAG02I', 'operator', point],
  ['grant.changed', 'SAG03I', 'operator', point],
  ['grant.deleted', 'SAG04I', 'operator', point],
  ['grant.activated', 'SAG07I', 'operator', point],
  ['grant.expired', 'SAG08I', 'operator', point],
  ['grant.revoked', 'SAG09I', 'operator', point],
  ['grant.suspended', 'SAG10W', 'operator', point],
  ['grant.closed', 'SAG13I', 'operator', point],
  ['grant.pinned', 'SAG14I', 'operator', point],
  ['grant.expiring', 'SAG15W', 'operator', point],
  ['policy.enabled', 'SAY01I', 'operator', point],
  ['policy.disabled', 'SAY02I', 'operator', point],
  ['policy.changed', 'SAY03I', 'operator', point],
  ['policy.deleted', 'SAY04I', 'operator', point],
  ['certificate.expiring', 'SAY05W', 'operator', point],
  ['user.provisioned', 'SAU01I', 'operator', point],
  ['user.changed', 'SAU02I', 'operator', point],
  ['user.deprovisioned', 'SAU03I', 'operator', point],
  ['user.suspended', 'SAU04I', 'operator', point],
  ['user.resumed', 'SAU05I', 'operator', point],
  ['user.deactivated', 'SAU06I', 'operator', point],
  ['user.removed', 'SAU07I', 'operator', point],
  ['case.opened', 'SAK01I', 'operator', point],
  ['case.changed', 'SAK02I', 'operator', point],
  ['case.taken_over', 'SAK03W', 'operator', point],
  ['case.closed', 'SAK04I', 'operator', point],
  ['case.reopened', 'SAK05I', 'operator', point],
  ['case.deleted', 'SAK06I', 'operator', point],
  ['matrix.created', 'SAM01I', 'operator', point],
  ['matrix.changed', 'SAM02I', 'operator', point],
  ['matrix.deleted', 'SAM03I', 'operator', point],
  ['application.created', 'SAB01I', 'operator', point],
  ['application.changed', 'SAB02I', 'operator', point],
  ['application.deleted', 'SAB03I', 'operator', point],
  ['application.host_claimed', 'SAB04I', 'operator', point],
  ['lock.created', 'SAL01W', 'operator', point],
  ['lock.lifted', 'SAL02I', 'operator', point],
  ['lock.lost', 'SAL03E', 'operator', point],
  ['credential.issued', 'SAC01I', 'operator', point],
  ['credential.revoked', 'SAC02I', 'operator', point],
  ['notice.delivered', 'SAN01I', 'operator', point],
  ['notice.failed', 'SAN02W', 'operator', point],
  ['notice.given_up', 'SAN03E', 'operator', point],
  ['operator.drift_repaired', 'SAO02W', 'operator', point],
  ['signin.succeeded', 'SAS01I', 'gateway', point],
  ['signin.failed', 'SAS01E', 'gateway', point],
  ['signin.sso_mismatch', 'SAS02E', 'gateway', point],
  ['signin.ip_rejected', 'SAS03W', 'gateway', point],
  ['session.authorized', 'SAS04I', 'gateway', point],
  ['session.ended', 'SAS05I', 'gateway, operator', point],
  ['app.request', 'SAP01I', 'gateway', act],
  ['app.review', 'SAP02I', 'gateway', point],
  ['admission.requested', 'SAD01I', 'admission', point],
  ['admission.rejected', 'SAD02W', 'admission', point],
  ['admission.stored', 'SAD03I', 'admission', point],
  ['audit.started', 'SAA01I', 'store', point],
  ['audit.halted', 'SAA04E', 'store', point],
  ['audit.recovered', 'SAA05W', 'store', point],
  ['audit.filling', 'SAA09W', 'operator', point],
  ['audit.read', 'SAA06I', 'store', point],
  ['audit.restore_found', 'SAA07E', 'store', point],
  ['audit.restore_confirmed', 'SAA08W', 'store', point],
  ['audit.exported', 'SAA11I', 'store', point],
];

describe('the vocabulary of the records', () => {
  it('holds no type that no program appends', () => {
    // The table of reasons says what a grant that closes, and a refused address, are recorded as.
    const sources = ['operator', 'webhook', 'crds/rules'].flatMap(sourcesBelow).join('\n');
    expect(Object.keys(events).filter((type) => !sources.includes(`'${type}'`))).toEqual([]);
  });

  it('is this', () => {
    expect(Object.keys(events)).toEqual(vocabulary.map(([type]) => type));
    expect(new Set(vocabulary.map(([, code]) => code)).size).toBe(vocabulary.length);
  });

  it('says of each type, in a sentence of its own for people, what happened', () => {
    const said = vocabulary.map(([type]) => eventWords[type].says);
    expect(new Set(said).size).toBe(said.length);
    expect(said.filter((one) => !/^[A-Z][a-z -]/.test(one) || /[_.]$|\bSA[A-Z]\d/.test(one))).toEqual([]);
  });

  it('is an event of OCSF 1.8, of the class that the area of its code has there', () => {
    const classOf: Readonly<Record<string, readonly number[]>> = {
      SAG: [3004],
      SAY: [3004],
      SAU: [3001],
      SAM: [3004],
      SAB: [3004],
      SAL: [3004],
      SAC: [3004],
      SAK: [3004],
      SAO: [6003],
      SAS: [3002, 3003],
      SAP: [6003],
      SAD: [6003],
      SAA: [6002, 6003],
      SAN: [6003],
    };
    const wrong = vocabulary.filter(
      ([type, code]) => !classOf[code.slice(0, 3)]?.includes(Math.floor(ocsfTypeOf(type) / 100)),
    );
    expect(wrong).toEqual([]);
    expect(ocsfTypeOf('session.ended')).toBe(300_202);
  });

  it.each(vocabulary)('gives %s the code %s, to be appended by %s as %j', (type, code, writer, phases) => {
    expect(codeOf(type)).toBe(code);
    for (const one of writers) {
      const allowed = act.filter((phase) => mayAppend(one, type, phase));
      // The store closes the intents of others, but only types that have some.
      const may = writer.split(', ').includes(one);
      const expected = may ? phases : one === 'store' && phases === act ? ['outcome'] : [];
      expect(allowed, one).toEqual(expected);
    }
  });
});
