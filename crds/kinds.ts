/** Which kinds this product has, and under which names the API server serves them. Nothing about what they mean. */

/** The API group of every kind here. */
export const apiGroup = 'supportaccess.dev';

/** The one version that is served and stored. */
export const apiVersion = 'v1beta1';

/** Where the API server serves a kind. */
interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const ours = { group: apiGroup, version: apiVersion } as const;

/** Every kind of this product, by its name. */
export const kinds = {
  SupportAccessPolicy: {
    ...ours,
    plural: 'supportaccesspolicies',
    kind: 'SupportAccessPolicy',
    namespaced: false,
  },
  SupportApplication: {
    ...ours,
    plural: 'supportapplications',
    kind: 'SupportApplication',
    namespaced: true,
  },
  SupportAccessGrant: {
    ...ours,
    plural: 'supportaccessgrants',
    kind: 'SupportAccessGrant',
    namespaced: true,
  },
  SupportUser: { ...ours, plural: 'supportusers', kind: 'SupportUser', namespaced: false },
  SupportPermissionMatrix: {
    ...ours,
    plural: 'supportpermissionmatrices',
    kind: 'SupportPermissionMatrix',
    namespaced: false,
  },
  SupportSession: { ...ours, plural: 'supportsessions', kind: 'SupportSession', namespaced: true },
  SupportAccessLock: { ...ours, plural: 'supportaccesslocks', kind: 'SupportAccessLock', namespaced: false },
  SupportCase: { ...ours, plural: 'supportcases', kind: 'SupportCase', namespaced: true },
} as const satisfies Record<string, ServedKind>;

export type KindName = keyof typeof kinds;
