/** What the policies of the chart say to those whom they refuse: plain words, the rule, and the way out where a person reads it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type RenderedObject, renderChart } from '../../kit/installation/chart.ts';
import { plainComplaints, refusalComplaints } from '../../kit/messages/good-message.ts';
import { ofKind } from './fixture.ts';

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly matchConditions?: readonly { readonly name: string }[];
    readonly validations: readonly { readonly message?: string; readonly reason?: string }[];
  };
}

let objects: RenderedObject[];

beforeAll(async () => {
  objects = await renderChart();
}, 300_000);

const policies = (): readonly Policy[] => ofKind(objects, 'ValidatingAdmissionPolicy') as never;

/** A policy that looks at the requests of our own processes alone: its messages are for the log of an attack, not for people. */
const ofOurProcesses = new Set([
  'is-the-operator',
  'is-the-gateway',
  'is-the-webhook',
  'is-one-of-our-processes',
  'is-the-test',
]);

const isForPeople = ({ spec }: Policy): boolean =>
  !(spec.matchConditions ?? []).some(({ name }) => ofOurProcesses.has(name));

function complaints(judge: (text: string) => string[], chosen: readonly Policy[]): string[] {
  return chosen.flatMap(({ metadata: { name }, spec }) =>
    spec.validations.flatMap(({ message = '' }) =>
      judge(message).map((one) => `${name}: "${message}" ${one}`),
    ),
  );
}

describe('the message of a policy', () => {
  it('is there for each validation, with the reason, and plain', () => {
    const silent = policies().filter(({ spec }) =>
      spec.validations.some(({ message, reason }) => !message || !reason),
    );
    expect(silent.map(({ metadata }) => metadata.name)).toEqual([]);
    expect(complaints(plainComplaints, policies())).toEqual([]);
  });

  it('that a person can meet says the rule and the way out', () => {
    const forPeople = policies().filter(isForPeople);
    expect(forPeople.length).toBeGreaterThan(6);
    expect(complaints((text) => refusalComplaints({ text }), forPeople)).toEqual([]);
  });
});
