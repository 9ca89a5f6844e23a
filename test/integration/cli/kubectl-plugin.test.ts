/** The plugin as people call it: by the real kubectl, which finds it on PATH; and what it compiles, applied. */
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aFolder } from '../../kit/records/store-file.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

const launcher = fileURLToPath(new URL('../../../cli/kubectl-support_access', import.meta.url));

let cp: ControlPlane;

beforeAll(async () => {
  cp = await useControlPlane();
});

describe('kubectl support-access', () => {
  it('is found by kubectl on PATH, in its folder and through a link', async () => {
    const linked = aFolder();
    symlinkSync(launcher, join(linked, 'kubectl-support_access'));
    for (const folder of [dirname(launcher), linked]) {
      const { stdout } = await cp.kubectl(['support-access', 'version'], { path: [folder] });
      expect(stdout).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+\n$/);
    }
  });

  it('hands its exit code and its words through kubectl', async () => {
    const path = [dirname(launcher)];
    const failed = await cp.kubectl(['support-access', 'records', 'verify', '--file', '/nowhere'], {
      path,
      expectFailure: true,
    });
    expect(failed.code).toBe(3);
    expect(failed.stdout).toBe('');
    expect(failed.stderr).toMatch(/^error: cannot read \/nowhere/);
  });

  it('compiles a matrix whose role and binding the API server takes, and which lets the operator bind that role alone', async () => {
    const role = 'support-access-matrix-plugin-test-1';
    const matrix = {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportPermissionMatrix',
      metadata: { name: 'plugin-test-1' },
      spec: {
        system: 'plugin-test',
        revision: 1,
        masking: 'Enabled',
        modules: [{ name: 'Orders', access: 'Read' }],
        kubernetes: { clusterRole: role, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
      },
    };
    const path = [dirname(launcher)];
    const compiled = await cp.kubectl(['support-access', 'matrix', 'compile', '-'], {
      path,
      input: stringify(matrix),
    });
    // The matrix itself needs the chart's kinds; its schema is tested with them.
    const input = compiled.stdout.slice(0, compiled.stdout.lastIndexOf('---\n'));
    await cp.kubectl(['apply', '-f', '-'], { input });
    onTestFinished(() => cp.kubectl(['delete', '-f', '-'], { input }).then(() => undefined));
    const operator = '--as=system:serviceaccount:support-access:support-access-operator';
    const mayBind = async (name: string): Promise<string> => {
      const words = ['auth', 'can-i', 'bind', `clusterroles.rbac.authorization.k8s.io/${name}`, operator];
      const { stdout, code } = await cp.kubectl(words, name === role ? {} : { expectFailure: true });
      return `${stdout.trim()} ${code}`;
    };
    expect(await mayBind(role)).toBe('yes 0');
    expect(await mayBind('cluster-admin')).toBe('no 1');
  });
});
