/**
 * Builds the programs of a real node while other suites run: `npm test` starts it first and waits for it last. Started in
 * a process group of its own, which it takes along when its starter is gone.
 */
import { findNodePrograms } from '../test/kit/node/programs.ts';
import { endWithParent } from './end-with-parent.ts';

endWithParent(() => process.kill(0, 'SIGTERM'));
await findNodePrograms({ gently: true });
