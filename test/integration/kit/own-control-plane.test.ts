import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../kit/control-plane/control-plane.ts';
import { aNamespace } from '../../kit/control-plane/namespaces.ts';
import { identityOf } from '../../kit/control-plane/process-identity.ts';
import { kubeconfigThrough, startTcpFaultProxy } from '../../kit/control-plane/tcp-fault-proxy.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

let cp: OwnControlPlane;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
});

async function ready(): Promise<number> {
  return (await cp.admin.send('GET', '/readyz', { timeout: 2_000 })).status;
}

describe('an API server that tests may break', () => {
  it('is gone when stopped and back on the same port with its objects when started', async () => {
    const namespace = await aNamespace(cp);
    await cp.stopApiServer();
    await expect(ready()).rejects.toThrow(/ECONNREFUSED/);
    await cp.startApiServer();
    expect(await ready()).toBe(200);
    expect((await cp.admin.send('GET', `/api/v1/namespaces/${namespace}`)).status).toBe(200);
  });

  it('is gone when killed and back when started', async () => {
    const before = cp.pids()['kube-apiserver'];
    await cp.killApiServer();
    expect(identityOf(before)).toBeUndefined();
    await expect(ready()).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    await cp.startApiServer();
    expect(await ready()).toBe(200);
  });

  it('answers nothing while paused, keeps its connections, and goes on when resumed', async () => {
    expect(await ready()).toBe(200);
    await cp.pauseApiServer();
    await expect(cp.admin.send('GET', '/readyz', { timeout: 500 })).rejects.toThrow(/timeout|aborted/i);
    await cp.resumeApiServer();
    expect(await eventually(ready)).toBe(200);
  });

  it('has controllers that find it again', async () => {
    await cp.killApiServer();
    await cp.startApiServer();
    await eventually(async () => aNamespace(cp), { within: 30_000 });
  });
});

describe('a fault proxy in front of the API server', () => {
  it('is believed by kubectl, cuts it off, and lets it through again', async () => {
    const proxy = await startTcpFaultProxy(cp);
    const kubeconfig = kubeconfigThrough(proxy, cp.kubeconfig);
    expect((await cp.kubectl(['get', 'namespaces', '-o', 'name'], { kubeconfig })).stdout).toContain(
      'namespace/default',
    );
    await proxy.refuse();
    const { stderr } = await cp.kubectl(['get', 'namespaces'], { kubeconfig, expectFailure: true });
    expect(stderr).toMatch(/refused/);
    await proxy.pass();
    await cp.kubectl(['get', 'namespaces'], { kubeconfig });
    await proxy.stop();
  });
});
