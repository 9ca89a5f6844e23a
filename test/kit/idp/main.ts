/**
 * The test identity provider as a program of its own, for a pod: `node main.js [file]`, by default /etc/idp/config.json. The
 * file says what `startTestIdp` is told: `{"origin", "serviceProvider": {"entityID", "acsURL"}, "people": [{"user",
 * "password", "nameID", "attributes"}], "key": {"privateKey", "certificate"}, "port": 8080, "address": "::"}`. With a key in
 * it, the metadata stay the same from pod to pod.
 */
import { readFileSync } from 'node:fs';
import { startTestIdp, type TestIdpWish } from './test-idp.ts';

const wish = JSON.parse(readFileSync(process.argv[2] ?? '/etc/idp/config.json', 'utf8')) as TestIdpWish;
const running = await startTestIdp({ port: 8080, address: '::', ...wish });
process.stdout.write(`identity provider ${running.entityID}\n`);
const stop = (): void => void running.stop();
process.on('SIGTERM', stop).on('SIGINT', stop);
