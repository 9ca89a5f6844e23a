/** THE list of rooms that are sampled: where their sources are, which tests answer for them, and how many changes are drawn. */

export interface Room {
  readonly name: string;
  /** Folders or files, as beginnings of a path from the root. */
  readonly sources: readonly string[];
  /** Folders whose tests answer for the room. */
  readonly tests: readonly string[];
  readonly sample: number;
}

/** What each room has to reach: killed changes among those that are not equivalent. */
export const leastScore = 0.9;

export const rooms: readonly Room[] = [
  { name: 'crds/rules', sources: ['crds/rules/'], tests: ['test/unit/crds/'], sample: 100 },
  { name: 'crds/audit', sources: ['crds/audit/'], tests: ['test/unit/crds/audit/'], sample: 40 },
  {
    name: 'saml',
    sources: ['saml/', 'webhook/gateway/sign-in/'],
    tests: ['test/unit/saml/', 'test/unit/webhook/gateway/sign-in/'],
    sample: 60,
  },
  {
    name: 'gateway/masking',
    sources: ['webhook/gateway/masking/'],
    tests: ['test/unit/webhook/gateway/'],
    sample: 40,
  },
  {
    name: 'gateway/proxy',
    sources: ['webhook/gateway/proxy/', 'webhook/gateway/handlers/application/'],
    tests: ['test/unit/webhook/gateway/'],
    sample: 40,
  },
  {
    name: 'gateway/decisions',
    sources: ['webhook/gateway/decisions/', 'webhook/gateway/sessions/', 'webhook/gateway/refusals/'],
    tests: ['test/unit/webhook/gateway/'],
    sample: 40,
  },
  {
    name: 'operator/grant',
    sources: ['operator/grant/'],
    tests: ['test/unit/operator/'],
    sample: 40,
  },
];
