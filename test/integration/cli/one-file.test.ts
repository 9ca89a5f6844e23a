/** The plugin as it is given to people: one file, found by real kubectl, with nothing of ours beside it. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundlePlugin } from '../../../tools/plugin/one-file.ts';
import type { ControlPlane, KubectlResult } from '../../kit/control-plane/control-plane.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: ControlPlane;
let file: string;

beforeAll(async () => {
  cp = await useControlPlane();
  file = await bundlePlugin(join(cp.directory, 'plugin-as-one-file'));
});

const run = async (words: readonly string[], code = 0): Promise<KubectlResult> => {
  const path = [dirname(file), dirname(process.execPath)];
  const options = { path, expectFailure: code !== 0 };
  const result = await cp.kubectl(['support-access', ...words], options);
  expect(result.code).toBe(code);
  return result;
};

describe('the one file', () => {
  it('prints no line of a kubeconfig that its reader of YAML finds odd', async () => {
    const path = join(cp.directory, 'odd-kubeconfig');
    const cluster = '{ name: c, cluster: { server: "https://127.0.0.1:9" } }';
    const context = '{ name: main, context: { cluster: c, user: u } }';
    for (const token of ['!odd s3cr3t', '*s3cr3t', '"a" s3cr3t']) {
      const users = `users:\n  - name: u\n    user:\n      token: ${token}\n`;
      writeFileSync(path, `clusters: [${cluster}]\ncontexts: [${context}]\ncurrent-context: main\n${users}`);
      const { stdout, stderr } = await run(['policy', 'enable', '--yes', '--kubeconfig', path], 3);
      expect(stdout + stderr).toMatch(/cannot be reached|it is no YAML/);
      expect(stdout + stderr).not.toContain('s3cr3t');
    }
  });

  it('says that the product is not in this cluster, and which contexts there are', async () => {
    const { stderr } = await run(['policy', 'enable', '-n', 'default', '--yes'], 3);
    expect(stderr).toContain('support-access is not installed in the cluster of context');
    const wrong = await run(['policy', 'enable', '--context', 'nope'], 3);
    expect(wrong.stderr).toMatch(/no context is named "nope"; it has \w+/);
    const nowhere = await run(['policy', 'enable', '-s', 'https://127.0.0.1:9'], 3);
    expect(nowhere.stderr).toContain('cannot be reached: nothing listens at 127.0.0.1, port 9');
    const unknown = await run(['policy', 'enable', '--as', 'nobody', '--as-group', 'none'], 3);
    expect(unknown.stderr).toMatch(/not installed|"nobody" cannot get/);
  });
});
