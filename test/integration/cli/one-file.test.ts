/** The plugin as it is given to people: one file, found by real kubectl, with nothing of ours beside it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { modeOf } from '../../../tools/image/entry.ts';
import { readTar } from '../../../tools/image/tar.ts';
import { bundlePlugin } from '../../../tools/plugin/one-file.ts';
import { releasePlugin } from '../../../tools/plugin/release.ts';
import type { ControlPlane, KubectlResult } from '../../kit/control-plane/control-plane.ts';
import { aFolder } from '../../kit/records/store-file.ts';
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
  it('is at most 2 MB, and with what starts it on Windows all that there is', () => {
    expect(statSync(file).size).toBeLessThan(2_000_000);
    expect(readdirSync(dirname(file))).toEqual(['kubectl-support_access', 'kubectl-support_access.cmd']);
    expect(readFileSync(`${file}.cmd`, 'utf8')).toContain('"%~dp0kubectl-support_access" %*');
  });

  it('does what the sources do: its version, a matrix, a call to the cluster', async () => {
    expect((await run(['version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run(['matrix', 'compile', '--system', 'casepoint-ecase'])).stdout).toContain(
      'kind: SupportPermissionMatrix',
    );
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

  it('shows no stack, whatever goes wrong', () => {
    for (const words of [['records', 'verify', '--file', '/nowhere'], ['grant', 'enable'], ['--nope']]) {
      const { stderr } = spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });

  it('ends at once, with words, under a Node that is too old', () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' });`;
    const call = ['-e', `${old} require(${JSON.stringify(file)})`];
    const { status, stderr } = spawnSync(process.execPath, call, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'kubectl support-access needs Node 20.12.0 or newer; this is 18.20.0\n',
    });
  });
});

it('the release has an archive, and tells krew its hash and which of its files is the plugin', async () => {
  const folder = aFolder();
  await releasePlugin(folder, 'https://x.example/1.2.3/');
  const archive = readFileSync(join(folder, 'kubectl-support_access.tar.gz'));
  const inside = readTar(gunzipSync(archive)).map((entry) => `${entry.path} ${modeOf(entry).toString(8)}`);
  expect(inside).toContain('kubectl-support_access 755');
  const { spec } = parse(readFileSync(join(folder, 'support-access.yaml'), 'utf8')) as {
    spec: { platforms: Record<string, unknown>[] };
  };
  expect(spec.platforms).toHaveLength(2);
  for (const platform of spec.platforms) {
    expect(platform).toMatchObject({
      uri: 'https://x.example/1.2.3/kubectl-support_access.tar.gz',
      sha256: createHash('sha256').update(archive).digest('hex'),
      bin: 'kubectl-support_access',
    });
  }
});
