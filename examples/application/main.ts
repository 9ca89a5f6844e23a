/**
 * Starts the example application by itself: `node examples/application/main.ts [port] [database file]`. It listens on
 * loopback unless BIND names another address, as a pod needs it (`BIND=::`), and asks support access where SUPPORT_ACCESS_URL says.
 */
import { startApplication } from './application.ts';
import { createSupportAccess, supportAccessSettings } from './support-access.ts';

const settings = supportAccessSettings(process.env);

const running = await startApplication({
  port: Number(process.argv[2] ?? 8080),
  database: process.argv[3] ?? ':memory:',
  address: process.env['BIND'] ?? '127.0.0.1',
  support: settings && createSupportAccess(settings),
});
process.stdout.write(`eCase example on port ${running.port}\n`);
const stop = (): void => void running.stop();
process.on('SIGTERM', stop).on('SIGINT', stop);
