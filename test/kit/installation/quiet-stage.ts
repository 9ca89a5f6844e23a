/** The stage of the demo without its narrator, for stories that are told by a test. */
import { Writable } from 'node:stream';
import { aNarrator } from './narrator.ts';
import { type Stage, type StageWish, setStage } from './stage.ts';

/** Sets the stage and says nothing about it. Whoever sets it strikes it. */
export async function aQuietStage(wish: StageWish = {}): Promise<Stage> {
  return setStage(aNarrator(new Writable({ write: (_chunk, _encoding, done) => done() })), wish);
}
