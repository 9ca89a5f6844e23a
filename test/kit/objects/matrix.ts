/** A small permission matrix with one of everything: a module to look at, a limited one, sub-modules, a disabled action. */
import type { SupportPermissionMatrix } from '../../../crds/generated/support-permission-matrix.ts';
import { type Modifier, metadataOf, modified, withSpec } from './object.ts';

type Spec = SupportPermissionMatrix['spec'];

export function aMatrix(...modifiers: readonly Modifier<SupportPermissionMatrix>[]): SupportPermissionMatrix {
  const matrix: SupportPermissionMatrix = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportPermissionMatrix',
    metadata: metadataOf('SupportPermissionMatrix', 'ecase-1'),
    spec: {
      system: 'ecase',
      revision: 1,
      masking: 'Enabled',
      maskedClasses: ['EmailAddress'],
      modules: [
        { name: 'Email Log', access: 'Read' },
        { name: 'Scheduled Jobs', access: 'Limited', actions: ['Run', 'Delete'] },
        {
          name: 'Administration',
          subModules: [
            { name: 'Job Log', access: 'Limited', actions: ['Clear'] },
            { name: 'Licences', access: 'Read' },
          ],
        },
      ],
      disabledActions: [{ module: 'Scheduled Jobs', action: 'Delete' }],
    },
  };
  return modified(matrix, modifiers);
}

export const withModules = (...modules: Spec['modules']): Modifier<SupportPermissionMatrix> =>
  withSpec({ modules });

/** As many modules as it takes for so many different actions, 50 in each. */
export const withDifferentActions = (count: number): Modifier<SupportPermissionMatrix> =>
  withModules(
    ...Array.from({ length: Math.ceil(count / 50) }, (_, at) => ({
      name: `Module ${at}`,
      access: 'Limited' as const,
      actions: Array.from(
        { length: Math.min(50, count - 50 * at) },
        (_each, below) => `Action ${at}.${below}`,
      ),
    })),
  );

export const disabling = (
  ...disabledActions: NonNullable<Spec['disabledActions']>
): Modifier<SupportPermissionMatrix> => withSpec({ disabledActions });

export const forVersions = (versions: string, editions?: string[]): Modifier<SupportPermissionMatrix> =>
  withSpec({ appliesTo: { versions, ...(editions !== undefined && { editions }) } });

export const withKubernetesRules = (
  ...rules: NonNullable<Spec['kubernetes']>['rules']
): Modifier<SupportPermissionMatrix> =>
  withSpec({ kubernetes: { clusterRole: 'support-access-matrix-ecase-1', rules } });
