/** Starts the example application by itself: `node examples/application/main.ts [port] [database file]`. */
import { startApplication } from './application.ts';

const running = await startApplication({
  port: Number(process.argv[2] ?? 8080),
  database: process.argv[3] ?? ':memory:',
});
process.stdout.write(`eCase example on http://127.0.0.1:${running.port}\n`);
const stop = (): void => void running.stop();
process.on('SIGTERM', stop).on('SIGINT', stop);
