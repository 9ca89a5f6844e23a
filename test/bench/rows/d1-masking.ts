/** D1: what does it cost to mask a list of 1 MB? Ours with one class and with ten, against reading it, walking it and writing it. */

import type { MaskedClass } from '../../../webhook/gateway/masking/classes/data-class.ts';
import { dataClasses } from '../../../webhook/gateway/masking/classes/index.ts';
import { createMasker } from '../../../webhook/gateway/masking/content-policy.ts';
import { maskedClasses } from '../../../webhook/gateway/masking/masked-classes.ts';
import { type Batch, measurePair, seeded } from '../harness.ts';
import { type Row, ratioResult } from '../row.ts';

const address = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
/** What programs write for the ten classes, each checked no further. */
const others = [
  /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
  /\b(?:\d[ -]?){13,19}\b/g,
  /\b\d{3}-\d{2}-\d{4}\b/g,
  /\+?\d[\d ()-]{7,}\d/g,
  /\b\d{4}-\d{2}-\d{2}\b/g,
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
  /\bgh[ps]_[A-Za-z0-9]{36}\b/g,
  /\bCASE-\d{6}\b/g,
];
const piece = 64 * 1024;

export const d1: Row = {
  id: 'd1',
  title: 'Masking: a list of 1 MB in JSON (CPU, ratio to reading, walking and writing it)',
  async run(progress) {
    const [people, clean] = [aList(true), aList(false)];
    const one = dataClasses.filter(({ name }) => name === 'EmailAddress');
    const ten = maskedClasses({
      masking: 'Enabled',
      maskedFields: ['birthName'],
      maskedPatterns: [{ pattern: '\\bCASE-[0-9]{6}\\b' }],
    });
    if (!ten.ok) throw new Error('the classes are not known');
    const shown = masked(one, people);
    if (address.test(shown.toString())) throw new Error('an address is left');
    if (!masked(one, clean).equals(clean)) throw new Error('a clean list is changed');
    progress(`${people.length} bytes with addresses, ${clean.length} without any`);
    const sides: readonly (readonly [what: string, limit: number, ours: Batch, peer: Batch])[] = [
      ['one class', limits.one, batch(() => masked(one, people)), batch(() => walked(people, [address]))],
      [
        'one class, a clean list',
        limits.clean,
        batch(() => masked(one, clean)),
        batch(() => walked(clean, [address])),
      ],
      [
        'ten classes',
        limits.ten,
        batch(() => masked(ten.classes, people)),
        batch(() => walked(people, [address, ...others])),
      ],
    ];
    const results = [];
    for (const [what, limit, ours, peer] of sides)
      results.push(ratioResult(what, limit, await measurePair({ ours, peer })));
    return results;
  },
};

/** The goal is 0.15 with one class, which a clean list meets and a list of addresses does not yet. */
const limits = { one: 0.6, clean: 0.15, ten: 0.9 } as const;

function batch(work: () => Buffer): Batch {
  return () => work().length;
}

function aList(withAddresses: boolean): Buffer {
  const random = seeded(7);
  const rows = Array.from({ length: 5000 }, (_, at) => ({
    id: at,
    name: `Person ${random(100_000)}`,
    mail: withAddresses
      ? `person${random(100_000)}@example${random(50)}.com`
      : `person ${random(100_000)} example`,
    city: `City ${random(900)}`,
    note: `Asked for record ${random(1_000)} and was told to wait; see the entry of the week before.`,
    tags: ['open', `t${random(40)}`],
  }));
  return Buffer.from(JSON.stringify(rows));
}

function masked(classes: readonly MaskedClass[], list: Buffer): Buffer {
  const plan = createMasker(classes).plan({ contentType: 'application/json', contentEncoding: undefined });
  if (plan.kind !== 'mask') throw new Error(`the plan is to ${plan.kind}`);
  const stream = plan.open();
  const out: Buffer[] = [];
  for (let at = 0; at < list.length; at += piece) out.push(stream.push(list.subarray(at, at + piece)));
  return Buffer.concat([...out, stream.end()]);
}

function walked(list: Buffer, patterns: readonly RegExp[]): Buffer {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string')
      return patterns.reduce((text, pattern) => text.replaceAll(pattern, '[hidden]'), value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each)]));
  };
  return Buffer.from(JSON.stringify(clean(JSON.parse(list.toString()))));
}
