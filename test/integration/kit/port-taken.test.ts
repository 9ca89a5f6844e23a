import { expect, it } from 'vitest';
import { startApiServer } from '../../kit/control-plane/api-server.ts';
import { apiServerFlags, layoutOf } from '../../kit/control-plane/program-flags.ts';
import { createStateDirectory } from '../../kit/control-plane/state-directory.ts';
import { startSupervisor } from '../../kit/control-plane/supervisor.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

it('an API server whose port somebody took in the meantime says so', async () => {
  const cp = await useControlPlane();
  const supervisor = startSupervisor(createStateDirectory());
  // The shared control plane's keys, database and port: all is well but the port.
  const flags = apiServerFlags(layoutOf(cp.directory), Number(new URL(cp.url).port));
  const nobody = {
    ...cp.admin,
    send: async () => Promise.reject(new Error('not asked: the other would answer')),
  };
  const started = await startApiServer({
    supervisor,
    program: cp.binaries['kube-apiserver'],
    flags,
    admin: nobody,
  });
  expect(started).toBe('port taken');
  await supervisor.stop();
});
